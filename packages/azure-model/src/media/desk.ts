/** What requests for pictures, speech and transcripts have in common: which deployment, its quota, its headers, its pace. */
import { isRecord, type ModelKind } from '@spillway/protocol';
import type { Arrival } from '../admission.ts';
import type { Deployment } from '../deployment.ts';
import { loadOf, paceOf, wholeAnswerMs } from '../latency.ts';
import { type Answer, refused } from '../reply.ts';
import type { FormPart, Premises, ServiceCall } from '../service.ts';
import { hashText, mix32 } from '../text.ts';
import { TokenWork } from '../token-work.ts';
import { servedHeaders } from '../wire/headers.ts';
import {
  DEPLOYMENT_NOT_FOUND,
  missingParameter,
  NOT_JSON,
  operationNotSupported,
  RESOURCE_NOT_FOUND,
  type Refusal,
} from '../wire/refusals.ts';

export type MediaKind = Exclude<ModelKind, 'chat' | 'embeddings'>;

/** One request on the deployment that serves it. */
export interface MediaTurn {
  readonly call: ServiceCall;
  readonly deployment: Deployment;
  /** As Azure's messages name it: `ImageGenerations_Create`. */
  readonly operationId: string;
  readonly streaming: boolean;
}

/** Tokens of the prompt, sound included, and of the answer; what is counted on arrival is both. */
export interface MediaTokens {
  readonly prompt: number;
  readonly answer: number;
}

export class Desk {
  readonly premises: Premises;

  constructor(premises: Premises) {
    this.premises = premises;
  }

  /** @param fields of the body, JSON or form; null where it was neither. @returns the deployment, or the refusal. */
  deployment(call: ServiceCall, fields: Fields | null, kind: MediaKind): Deployment | Answer {
    if (fields === null) return refuse(call, NOT_JSON, null);
    if (call.dialect === 'resource') return refuse(call, RESOURCE_NOT_FOUND, null);
    const name = call.deployment ?? (typeof fields.model === 'string' ? fields.model : null);
    if (name === null) return refuse(call, missingParameter('model'), null);
    const deployment = this.premises.deployments.get(name);
    if (deployment === undefined) return refuse(call, DEPLOYMENT_NOT_FOUND, name);
    if (deployment.facts.kind === kind) return deployment;
    return refuse(call, operationNotSupported(kind, deployment.facts.name), name);
  }

  /** Asks the quota. @returns what is under way from now on, or the refusal. */
  admit(turn: MediaTurn, tokens: MediaTokens): TokenWork | Answer {
    const { call, deployment, operationId } = turn;
    const { context, headers, apiVersion, nowMs } = call;
    const arrival: Arrival = { deployment, context, headers, operationId, apiVersion, nowMs };
    const estimate = tokens.prompt + tokens.answer;
    const refusal = this.premises.gate.admit(arrival, estimate);
    if (refusal !== null) return told(refusal, turn);
    const work = new TokenWork(deployment, { promptTokens: tokens.prompt, cachedTokens: 0, estimate });
    work.used(tokens.answer);
    const served = { deployment: deployment.name, servedModel: deployment.servedModel, spilledFrom: null };
    headers.push(...servedHeaders(context, { ...served, streaming: turn.streaming }));
    return work;
  }

  /** A middle wait of so many times that for a first token, drawn anew for each request, longer under load; to be asked before the request adds to it. Milliseconds. */
  waitMs({ call, deployment }: Pick<MediaTurn, 'call' | 'deployment'>, firstTokens: number): number {
    const { facts, world, ids } = this.premises;
    const unit = world.seeded(mix32(world.seed ^ hashText(ids.guid())));
    const load = loadOf(deployment, call.nowMs);
    return firstTokens * wholeAnswerMs(paceOf(facts.latency, { unit, load, promptTokens: 0, choices: [] }), 0);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function refuse(call: ServiceCall, refusal: Refusal, deployment: string | null): Answer {
  return refused(refusal, call.headers, deployment);
}

/** The answer with who served, or refused, it. */
export function told(answer: Answer, { call, deployment, operationId, streaming }: MediaTurn): Answer {
  const { apiVersion } = call;
  return { ...answer, metered: { operationId, apiVersion, deployment, streaming, spilledFrom: null } };
}

/** Of a JSON object; null where the body is none. */
export function jsonFields({ body }: ServiceCall): Fields | null {
  return isRecord(body) ? body : null;
}

/** Of a form: plain fields by name, a name with `[]` as a list. */
export function formFields(form: readonly FormPart[] | null): Fields | null {
  if (form === null) return null;
  const fields: Record<string, unknown> = {};
  for (const part of form) {
    if (part.filename !== null) continue;
    const plain = /^(.+)\[\]$/.exec(part.name)?.[1];
    if (plain === undefined) fields[part.name] = part.text();
    else fields[plain] = [...listOf(fields[plain]), part.text()];
  }
  return fields;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Files of a form under that name, or that name with `[]`. */
export function filesOf(form: readonly FormPart[] | null, name: string): readonly FormPart[] {
  return (form ?? []).filter((part) => part.filename !== null && (part.name === name || part.name === `${name}[]`));
}
