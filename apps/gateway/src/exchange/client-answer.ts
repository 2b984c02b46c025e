/** The head of the one answer that a client gets, with what the gateway says of itself; and when it went out. */
import type { HeaderSettings } from '@spillway/config';
import { type Deployment, exchangeCost, type Spent } from '@spillway/policy';
import { decisionJson } from '../explain/decision-json.ts';
import { mendLocations } from '../home/location.ts';
import type { Seal } from '../home/seal.ts';
import type { Inbound } from '../listen/inbound.ts';
import type { Ending, ExchangeRecord } from '../observe/events.ts';
import { headersDown } from '../reply/headers-down.ts';
import type { OwnAnswer } from '../reply/own-answer.ts';
import type { Head } from './attempt.ts';
import type { Context } from './context.ts';
import { ascii, decisionText } from './decision-text.ts';
import type { Told } from './told.ts';

/** What is not as the backend sent it. */
interface Changed {
  /** Whether the length that the backend told still holds. */
  readonly keepsLength: boolean;
  /** Of all that is sent instead; null where it is not known yet, or nothing is. Bytes. */
  readonly length: number | null;
  /** For ids in headers; null: they stay. */
  readonly seal: Seal | null;
}

/** As Azure begins a stream (wire §4.1). */
const STREAM_HEADERS: readonly string[] = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache',
];

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

  ofDeployment(head: Head, deployment: Deployment, { keepsLength, length, seal }: Changed): void {
    const settings = this.#context.config.gateway.headers;
    const headers = headersDown(head.headers, settings.hideUpstreamHeaders);
    if (!keepsLength) replaceLength(headers, length);
    mendLocations(headers, deployment.backend, seal);
    this.#write(head.status, head.reason, withOwn(headers, deployment, this.#told, settings));
  }

  own({ status, body, headers: others }: OwnAnswer): void {
    this.#told.trail.answersOwn(others);
    const headers = ['content-type', 'application/json', 'content-length', String(body.length), ...others];
    this.#write(status, '', withOwn(headers, null, this.#told, this.#context.config.gateway.headers));
  }

  /** Before there is an answer: of a stream that somebody will have to go on with. */
  early(): void {
    this.#write(200, '', withOwn([...STREAM_HEADERS], null, this.#told, this.#context.config.gateway.headers));
  }

  record(ending: Ending, spent: Spent, startedMs: number, endedMs: number): ExchangeRecord {
    const { usage, estimated } = spent;
    const { requestId, client, operation, model, servedBy: deployment, tried, streamed, hedged } = this.#told;
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
      hedged,
      usage,
      usageEstimated: estimated,
      cost: this.#cost(spent),
      waitedMs: this.#told.trail.waitedMs,
      ttfbMs: this.atMs === null ? null : this.atMs - startedMs,
      durationMs: endedMs - startedMs,
      endedMs,
    };
  }

  #cost(spent: Spent): ExchangeRecord['cost'] {
    const { prices } = this.#context.config;
    if (prices === null) return null;
    const { servedBy, trail } = this.#told;
    const served = trail.attempts.findLast(({ deployment }) => deployment.id === servedBy)?.deployment;
    return exchangeCost(prices, served ?? null, spent);
  }

  #write(status: number, reason: string, headers: string[]): void {
    this.status = status;
    this.atMs = this.#context.clock.nowMs();
    this.#inbound.writeHead(status, reason, headers);
  }
}

/** Where there was none, none is told. */
function replaceLength(headers: string[], length: number | null): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (headers[i]?.toLowerCase() !== 'content-length') continue;
    if (length === null) headers.splice(i, 2);
    else headers[i + 1] = String(length);
  }
}

function withOwn(headers: string[], deployment: Deployment | null, told: Told, settings: HeaderSettings): string[] {
  const { requestId, tried, outcomes, decision, wantsDecision } = told;
  if (settings.spillway) {
    headers.push('x-spillway-request-id', requestId, 'x-spillway-attempts', String(tried.length));
    if (deployment !== null) headers.push('x-spillway-deployment', ascii(deployment.id));
    if (wantsDecision === 'text')
      headers.push('x-spillway-decision', decisionText(tried, outcomes, decision, told.trail.waitedMs));
    if (wantsDecision === 'json') headers.push('x-spillway-decision', decisionJson(told));
  }
  if (settings.backendUrl && deployment !== null) headers.push('x-openai-backendurl', deployment.backend.url);
  return headers;
}
