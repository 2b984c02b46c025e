/** The head of the one answer that a client gets, with what the gateway says of itself; and when it went out. */
import { randomUUID } from 'node:crypto';
import type { HeaderSettings } from '@spillway/config';
import type { Decision, Deployment, Outcome } from '@spillway/policy';
import type { Usage } from '@spillway/protocol';
import type { Inbound } from '../listen/inbound.ts';
import type { Ending, ExchangeRecord } from '../observe/events.ts';
import { headersDown } from '../reply/headers-down.ts';
import type { OwnAnswer } from '../reply/own-answer.ts';
import type { Head } from './attempt.ts';
import type { Context } from './context.ts';
import { ascii, decisionText } from './decision-text.ts';

/** What the exchange has been through so far. */
export interface Told {
  readonly requestId: string;
  /** Ids of deployments. */
  readonly tried: string[];
  readonly outcomes: Outcome[];
  /** The last one. */
  decision: Decision | null;
  /** Whether the client asked to be told of it. */
  wantsDecision: boolean;
  /** Name of the caller; null without client keys. */
  client: string | null;
  operation: string;
  /** The name asked for; null where none was. */
  model: string | null;
  /** Id of the deployment whose answer the client gets; null where it gets the gateway's own. */
  servedBy: string | null;
  streamed: boolean;
}

export function newTold(): Told {
  return {
    requestId: randomUUID(),
    tried: [],
    outcomes: [],
    decision: null,
    wantsDecision: false,
    client: null,
    operation: 'other',
    model: null,
    servedBy: null,
    streamed: false,
  };
}

export class ClientAnswer {
  readonly #context: Pick<Context, 'config' | 'clock'>;
  readonly #inbound: Inbound;
  readonly #told: Told;
  /** 0 until there is one. */
  status = 0;
  /** When it went out. Milliseconds on the gateway's clock; null until then. */
  atMs: number | null = null;

  constructor(context: Pick<Context, 'config' | 'clock'>, inbound: Inbound, told: Told) {
    this.#context = context;
    this.#inbound = inbound;
    this.#told = told;
  }

  /** @param keepsLength whether the length that the backend told still holds. */
  ofDeployment(head: Head, deployment: Deployment, keepsLength: boolean): void {
    const settings = this.#context.config.gateway.headers;
    const headers = headersDown(head.headers, settings.hideUpstreamHeaders);
    if (!keepsLength) dropLength(headers);
    this.#write(head.status, head.reason, withOwn(headers, deployment, this.#told, settings));
  }

  own({ status, body, headers: others }: OwnAnswer): void {
    const headers = ['content-type', 'application/json', 'content-length', String(body.length), ...others];
    this.#write(status, '', withOwn(headers, null, this.#told, this.#context.config.gateway.headers));
  }

  record(ending: Ending, usage: Usage, startedMs: number, endedMs: number): ExchangeRecord {
    const { requestId, client, operation, model, servedBy: deployment, tried, streamed } = this.#told;
    return {
      requestId,
      client,
      operation,
      model,
      deployment,
      attempts: tried.length,
      status: this.status,
      ending,
      streamed,
      usage,
      ttfbMs: this.atMs === null ? null : this.atMs - startedMs,
      durationMs: endedMs - startedMs,
      endedMs,
    };
  }

  #write(status: number, reason: string, headers: string[]): void {
    this.status = status;
    this.atMs = this.#context.clock.nowMs();
    this.#inbound.writeHead(status, reason, headers);
  }
}

/** Node then sends what is written whole with its own length, and a stream in chunks. */
function dropLength(headers: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (headers[i]?.toLowerCase() === 'content-length') headers.splice(i, 2);
  }
}

function withOwn(headers: string[], deployment: Deployment | null, told: Told, settings: HeaderSettings): string[] {
  const { requestId, tried, outcomes, decision, wantsDecision } = told;
  if (settings.spillway) {
    headers.push('x-spillway-request-id', requestId, 'x-spillway-attempts', String(tried.length));
    if (deployment !== null) headers.push('x-spillway-deployment', ascii(deployment.id));
    if (wantsDecision) headers.push('x-spillway-decision', decisionText(tried, outcomes, decision));
  }
  if (settings.backendUrl && deployment !== null) headers.push('x-openai-backendurl', deployment.backend.url);
  return headers;
}
