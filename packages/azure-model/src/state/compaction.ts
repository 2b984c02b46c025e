/**
 * Two operations that read a request as the Responses API does without answering it: how many tokens its input comes to, and a
 * conversation made short. Source: wire §1.4; OpenAI's API reference, `responses/input_tokens`, `responses/compact`.
 */
import { isRecord } from '@spillway/protocol';
import type { GenerationAsk, Turn } from '../ask/generation.ts';
import type { Held } from '../ask/held.ts';
import { readBody } from '../ask/read.ts';
import type { Deployment } from '../deployment.ts';
import { arrivalCost } from '../quota/estimate.ts';
import { type Answer, answerOf, refused } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { tokensOfChars } from '../text.ts';
import { TokenWork } from '../token-work.ts';
import { servedHeaders } from '../wire/headers.ts';
import { DEPLOYMENT_NOT_FOUND, missingParameter, NOT_JSON, type Refusal } from '../wire/refusals.ts';
import { isRefusal } from './refusals.ts';

/** Of each turn so much is left. Our assumption: what the service keeps is not published. UTF-16 units. */
export const COMPACT_CHARS_MAX = 400;
/** Turns that are left: the newest. */
export const COMPACT_TURNS_MAX = 200;

/** What sealed contents are made with and read by. */
interface Sealing {
  held(nowMs: number): Held;
  sealed(content: unknown, nowMs: number): string;
}

interface Read {
  readonly deployment: Deployment;
  readonly ask: GenerationAsk;
}

export class Compaction implements Service {
  readonly #premises: Omit<Premises, 'serve'>;
  readonly #sealing: Sealing;

  constructor(premises: Omit<Premises, 'serve'>, sealing: Sealing) {
    this.#premises = premises;
    this.#sealing = sealing;
  }

  answer(call: ServiceCall): Answer | null {
    const [family, operation] = call.segments;
    if (call.method !== 'POST' || family !== 'responses' || call.segments.length !== 2) return null;
    if (operation !== 'compact' && operation !== 'input_tokens') return null;
    const read = this.#read(call);
    if (isRefusal(read)) return refused(read, call.headers, null);
    return operation === 'compact' ? this.#compact(call, read) : counted(call, read);
  }

  #read({ body, nowMs }: ServiceCall): Read | Refusal {
    if (!isRecord(body)) return NOT_JSON;
    if (typeof body.model !== 'string') return missingParameter('model');
    const deployment = this.#premises.deployments.get(body.model);
    if (deployment === undefined) return DEPLOYMENT_NOT_FOUND;
    const asked = { ...body, store: false, background: false, stream: false };
    const read = readBody('responses', asked, deployment.facts, this.#sealing.held(nowMs));
    if (read.kind === 'refused') return read.refusal;
    // Only the operation `embeddings` is read as embeddings.
    return read.kind === 'embeddings' ? NOT_JSON : { deployment, ask: read.ask };
  }

  /** What the user said stays, and one sealed item stands for the rest. It is work of a model, which the quota counts. */
  #compact(call: ServiceCall, { deployment, ask }: Read): Answer {
    const { headers, context, apiVersion, nowMs } = call;
    const { gate, ids, facts } = this.#premises;
    const cost = arrivalCost(deployment, ask, 0);
    const refusal = gate.admit({ deployment, headers, context, operationId: OPERATION_ID, apiVersion, nowMs }, cost);
    if (refusal !== null) return { ...refusal, metered: meteredOf(deployment, apiVersion) };
    const promptTokens = ask.prompt.tokens;
    const work = new TokenWork(deployment, { promptTokens, cachedTokens: 0, estimate: cost });
    const turns = compacted(ask.turns);
    const tokens = turns.reduce((sum, { text }) => sum + tokensOfChars(text.length), 0);
    work.used(tokens);
    const { name, servedModel } = deployment;
    headers.push(...servedHeaders(context, { deployment: name, servedModel, streaming: false, spilledFrom: null }));
    const body = {
      id: ids.object('resp_'),
      object: 'response.compaction',
      created_at: Math.floor(nowMs / 1000),
      output: [
        ...ask.turns.filter(({ role }) => role === 'user').map(({ text }) => said(text, ids.object('msg_'))),
        { id: ids.object('cmp_'), type: 'compaction', encrypted_content: this.#sealing.sealed({ turns }, nowMs) },
      ],
      usage: {
        input_tokens: promptTokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: tokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: promptTokens + tokens,
      },
    };
    const waitMs = facts.latency.firstTokenMs + facts.latency.perTokenMs * tokens;
    const answer = answerOf(JSON.stringify(body), headers, name, waitMs, work);
    return { ...answer, metered: meteredOf(deployment, apiVersion) };
  }
}

/** As Azure's messages would name it: a guess after `Responses_Create`. */
const OPERATION_ID = 'Responses_Compact';

function meteredOf(deployment: Deployment, apiVersion: string): NonNullable<Answer['metered']> {
  return { operationId: OPERATION_ID, apiVersion, deployment, streaming: false, spilledFrom: null };
}

/** Users' turns stand beside the item that holds the others. */
function compacted(turns: readonly Turn[]): readonly Turn[] {
  return turns
    .filter(({ role, text }) => role !== 'user' && text !== '')
    .slice(-COMPACT_TURNS_MAX)
    .map(({ role, text }) => ({ role, text: text.slice(0, COMPACT_CHARS_MAX) }));
}

function said(text: string, id: string): object {
  return { id, type: 'message', status: 'completed', role: 'user', content: [{ type: 'input_text', text }] };
}

function counted({ headers }: ServiceCall, { deployment, ask }: Read): Answer {
  const body = JSON.stringify({ object: 'response.input_tokens', input_tokens: ask.prompt.tokens });
  return answerOf(body, headers, deployment.name, 0);
}
