/**
 * An Azure OpenAI resource: its data plane from request to reply, in the order in which Azure looks at things (credential, path,
 * deployment, body, quota, content filter). Time and chance come from outside; sending is the app's matter.
 */
import { isRecord } from '@spillway/protocol';
import { answerChat, completionTokens } from './chat-answer.ts';
import { type ChatAsk, readChat } from './chat-request.ts';
import { ChatEvents, type Envelope, renderCompletion } from './chat-wire.ts';
import { Deployment, type DeploymentOptions } from './deployment.ts';
import { type EmbeddingsAsk, readEmbeddings, renderEmbeddings } from './embeddings.ts';
import { chatCost } from './estimate.ts';
import type { FaultSpec, Faults } from './faults.ts';
import { commonHeaders, type FlatHeaders, rateLimitHeaders, servedHeaders } from './headers.ts';
import { Ids } from './ids.ts';
import { type Latency, paceOf, wholeAnswerMs } from './latency.ts';
import { renderModels } from './models-list.ts';
import type { Unit } from './prose.ts';
import {
  CONTENT_FILTERED,
  DEPLOYMENT_NOT_FOUND,
  missingParameter,
  NOT_JSON,
  operationNotSupported,
  RESOURCE_NOT_FOUND,
  type Refusal,
  rateLimited,
  typicalBody,
  WRONG_KEY,
} from './refusals.ts';
import type { Answer, Cut, Reply } from './reply.ts';
import { type Route, routeOf } from './route.ts';
import type { Admission } from './standard.ts';
import { hashText, mix32 } from './text.ts';

export interface ResourceFacts {
  readonly name: string;
  /** Accepted as `api-key` and as Bearer. */
  readonly key: string;
  /** As Azure shows it: `East US`. */
  readonly region: string;
  readonly deployments: readonly DeploymentOptions[];
  readonly latency: Latency;
}

/** Chance for one purpose: the same seed gives the same numbers. */
export type Seeded = (seed: number) => Unit;

export interface DataRequest {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly apiKey: string | undefined;
  readonly authorization: string | undefined;
  readonly clientRequestId: string | undefined;
  /** Decoded; '' where there is none. */
  readonly body: string;
}

type Generation = Extract<Route, { kind: 'chat' | 'embeddings' }>;

export class Resource {
  readonly facts: ResourceFacts;
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly #faults: Faults;
  readonly #seeded: Seeded;
  readonly #seed: number;
  readonly #faultUnit: Unit;
  readonly #ids: Ids;

  /** The text of an answer depends on seed and prompt alone, so that it is the same from every resource; ids differ. */
  constructor(facts: ResourceFacts, faults: Faults, seeded: Seeded, seed: number) {
    const ownSeed = mix32(seed ^ hashText(facts.name));
    this.facts = facts;
    this.deployments = new Map(facts.deployments.map((options) => [options.name, new Deployment(options)]));
    this.#faults = faults;
    this.#seeded = seeded;
    this.#seed = seed;
    this.#faultUnit = seeded(ownSeed);
    this.#ids = new Ids(ownSeed);
  }

  respond(request: DataRequest, nowMs: number): Reply {
    const route = routeOf(request.method, request.path, request.query);
    const body = route.kind === 'chat' || route.kind === 'embeddings' ? parsed(request.body) : null;
    const deployment = deploymentOf(route, body);
    const fault = this.#faults.take(this.facts.name, deployment, this.#faultUnit);
    if (fault === null) return this.#answer(request, route, deployment, body, nowMs);
    const { kind, delayMs } = fault;
    if (kind === 'reset' || kind === 'hang') return { kind, waitMs: delayMs, deployment, fault: kind };
    if (kind === 'status') return this.#faultStatus(request, deployment, fault);
    const answer = this.#answer(request, route, deployment, body, nowMs);
    return { ...answer, waitMs: answer.waitMs + delayMs, fault: kind, cut: cutOf(fault) };
  }

  #answer(request: DataRequest, route: Route, deployment: string | null, body: unknown, nowMs: number): Answer {
    const headers = commonHeaders(this.#ids, this.facts.region, request.clientRequestId);
    if (!this.#knows(request)) return refused(WRONG_KEY, headers, deployment);
    switch (route.kind) {
      case 'refused':
        return refused(route.refusal, headers, deployment);
      case 'models': {
        const list = renderModels([...this.deployments.values()], route);
        return list === null ? refused(RESOURCE_NOT_FOUND, headers, null) : text(list, headers, null, 0);
      }
      default:
        return this.#generate(route, deployment, body, headers, nowMs);
    }
  }

  /** A client sends its key as `api-key`, or as plain OpenAI clients do, as Bearer; where both come, `api-key` decides. */
  #knows(request: DataRequest): boolean {
    if (request.apiKey !== undefined) return request.apiKey === this.facts.key;
    return request.authorization === `Bearer ${this.facts.key}`;
  }

  #generate(route: Generation, name: string | null, body: unknown, headers: FlatHeaders, nowMs: number): Answer {
    if (!isRecord(body)) return refused(NOT_JSON, headers, name);
    if (name === null) return refused(missingParameter('model'), headers, name);
    const deployment = this.deployments.get(name);
    if (deployment === undefined) return refused(DEPLOYMENT_NOT_FOUND, headers, name);
    if (route.kind !== deployment.facts.kind) {
      const operation = route.kind === 'chat' ? 'chatCompletion' : 'embeddings';
      return refused(operationNotSupported(operation, deployment.facts.name), headers, name);
    }
    if (route.kind === 'chat') {
      const read = readChat(body, deployment.facts);
      if (read.kind === 'refused') return refused(read.refusal, headers, name);
      return this.#chat(route, deployment, read.ask, headers, nowMs);
    }
    const read = readEmbeddings(body, deployment.facts);
    if (read.kind === 'refused') return refused(read.refusal, headers, name);
    return this.#embeddings(route, deployment, read.ask, headers, nowMs);
  }

  #chat(route: Generation, deployment: Deployment, ask: ChatAsk, headers: FlatHeaders, nowMs: number): Answer {
    const admission = deployment.admit(chatCost(ask, deployment.facts), nowMs);
    if (admission.kind === 'refused') return this.#rateLimited(route, deployment, admission, headers);
    headers.push(...servedHeaders(this.#ids, deployment.name, deployment.servedModel, ask.stream));
    headers.push(...rateLimitHeaders(deployment.facts.name, deployment.window.limits, admission.left));
    if (ask.filtered) return refused(CONTENT_FILTERED, headers, deployment.name);
    const unit = this.#seeded(mix32(this.#seed ^ ask.promptHash));
    const pace = paceOf(this.facts.latency, unit);
    const choices = answerChat(ask, this.#ids, unit);
    const envelope: Envelope = {
      id: this.#ids.completion(),
      created: Math.floor(nowMs / 1000),
      model: deployment.servedModel,
      promptTokens: ask.promptTokens,
    };
    if (!ask.stream) {
      const longest = ask.choices === 1 ? completionTokens(choices) : Math.max(...choices.map((c) => c.tokens.length));
      return text(renderCompletion(choices, envelope), headers, deployment.name, wholeAnswerMs(pace, longest));
    }
    headers.push('content-type', 'text/event-stream; charset=utf-8');
    const events = new ChatEvents(choices, envelope, ask.includeUsage);
    return { ...OK, headers, body: { kind: 'events', events, pace }, deployment: deployment.name, waitMs: 0 };
  }

  #embeddings(
    route: Generation,
    deployment: Deployment,
    ask: EmbeddingsAsk,
    headers: FlatHeaders,
    nowMs: number,
  ): Answer {
    const admission = deployment.admit(ask.tokens, nowMs);
    if (admission.kind === 'refused') return this.#rateLimited(route, deployment, admission, headers);
    headers.push(...servedHeaders(this.#ids, deployment.name, deployment.servedModel, false));
    headers.push(...rateLimitHeaders(deployment.facts.name, deployment.window.limits, admission.left));
    const pace = paceOf(this.facts.latency, this.#seeded(mix32(this.#seed ^ ask.tokens)));
    return text(renderEmbeddings(ask, deployment.facts.name), headers, deployment.name, pace.firstTokenMs);
  }

  #rateLimited(
    route: Generation,
    deployment: Deployment,
    admission: Extract<Admission, { kind: 'refused' }>,
    headers: FlatHeaders,
  ): Answer {
    const { exceeded, waitMs, left } = admission;
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    const [forRequests, forTokens] = exceeded === 'tokens' ? [0, seconds] : [seconds, 0];
    const { facts, window } = deployment;
    headers.push(...rateLimitHeaders(facts.name, window.limits, left, forRequests, forTokens));
    headers.push('retry-after', String(seconds), 'retry-after-ms', String(Math.max(1, Math.ceil(waitMs))));
    const refusal = rateLimited({
      deployment: deployment.name,
      model: facts.name,
      region: this.facts.region,
      operationId: route.kind === 'chat' ? 'ChatCompletions_Create' : 'Embeddings_Create',
      apiVersion: route.apiVersion,
      exceeded,
      retryAfterSeconds: seconds,
    });
    return refused(refusal, headers, deployment.name);
  }

  #faultStatus(request: DataRequest, deployment: string | null, fault: FaultSpec): Answer {
    const headers = commonHeaders(this.#ids, this.facts.region, request.clientRequestId);
    headers.push('content-type', 'application/json');
    return {
      ...OK,
      status: fault.status,
      headers: replaced(headers, fault.headers),
      body: { kind: 'text', text: fault.body ?? typicalBody(fault.status) },
      deployment,
      waitMs: fault.delayMs,
      fault: 'status',
    };
  }
}

const OK = { kind: 'answer', status: 200, statusText: null, fault: null, cut: null } as const;

function refused(refusal: Refusal, headers: FlatHeaders, deployment: string | null): Answer {
  headers.push('content-type', 'application/json');
  const { status, statusText } = refusal;
  return { ...OK, status, statusText, headers, body: { kind: 'text', text: refusal.body }, deployment, waitMs: 0 };
}

function text(body: string, headers: FlatHeaders, deployment: string | null, waitMs: number): Answer {
  headers.push('content-type', 'application/json');
  return { ...OK, headers, body: { kind: 'text', text: body }, deployment, waitMs };
}

function cutOf(fault: FaultSpec): Cut | null {
  if (fault.kind === 'cut-before-body') return { kind: 'beforeBody' };
  if (fault.kind !== 'cut') return null;
  return { kind: 'inBody', afterEvents: fault.afterEvents, afterBytes: fault.afterBytes };
}

/** @returns undefined where the text is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function deploymentOf(route: Route, body: unknown): string | null {
  if (route.kind !== 'chat' && route.kind !== 'embeddings') return null;
  if (route.deployment !== null) return route.deployment;
  return isRecord(body) && typeof body.model === 'string' ? body.model : null;
}

function replaced(headers: FlatHeaders, by: Readonly<Record<string, string>>): FlatHeaders {
  const merged = new Map<string, string>();
  for (let i = 0; i + 1 < headers.length; i += 2) merged.set(headers[i] ?? '', headers[i + 1] ?? '');
  for (const [name, value] of Object.entries(by)) merged.set(name, value);
  return [...merged].flat();
}
