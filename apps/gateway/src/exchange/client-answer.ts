/** The head of the one answer that a client gets, with what the gateway says of itself; and when it went out. */
import type { HeaderSettings } from '@spillway/config';
import type { Decision, Deployment, Outcome } from '@spillway/policy';
import type { Inbound } from '../listen/inbound.ts';
import { headersDown } from '../reply/headers-down.ts';
import type { Head } from './attempt.ts';
import { ascii, decisionText } from './decision-text.ts';

/** What the exchange has been through so far. */
export interface Told {
  readonly requestId: string;
  readonly tried: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly decision: Decision | null;
  readonly wantsDecision: boolean;
}

export class ClientAnswer {
  readonly #inbound: Inbound;
  /** 0 until there is one. */
  status = 0;
  /** When it went out. Milliseconds on the gateway's clock; null until then. */
  atMs: number | null = null;

  constructor(inbound: Inbound) {
    this.#inbound = inbound;
  }

  /** @param keepsLength whether the length that the backend told still holds. */
  ofDeployment(
    head: Head,
    deployment: Deployment,
    keepsLength: boolean,
    told: Told,
    settings: HeaderSettings,
    nowMs: number,
  ): void {
    const headers = headersDown(head.headers, settings.hideUpstreamHeaders);
    if (!keepsLength) dropLength(headers);
    this.#write(head.status, head.reason, withOwn(headers, deployment, told, settings), nowMs);
  }

  own(status: number, headers: string[], told: Told, settings: HeaderSettings, nowMs: number): void {
    this.#write(status, '', withOwn(headers, null, told, settings), nowMs);
  }

  #write(status: number, reason: string, headers: string[], nowMs: number): void {
    this.status = status;
    this.atMs = nowMs;
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
