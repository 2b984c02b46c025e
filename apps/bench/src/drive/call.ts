/** What came of one call: plain data, so that it crosses from a worker as it is. Times are milliseconds since the run began, monotonic. */

import type { CallContent } from './content.ts';

/**
 * How a call ended. ok and length are answers; filtered is one that was cut or refused by the content filter. broken: the stream ended
 * before it was whole. cancelled: the run was over.
 */
export type CallClass =
  | 'ok'
  | 'length'
  | 'filtered'
  | 'throttled'
  | 'refused'
  | 'serverError'
  | 'timeout'
  | 'reset'
  | 'broken'
  | 'cancelled';

export interface Attempt {
  readonly sentMs: number;
  readonly endMs: number;
  /** 0: no answer. */
  readonly status: number;
  /** What the answer asked to wait, and what was waited before the next; null: nothing. Milliseconds. */
  readonly hintMs: number | null;
  readonly waitedMs: number;
  /** Sent twice, since no answer began in time: which of the two this is. Absent: sent once. */
  readonly hedge?: Hedge;
}

/** Of a request that was sent twice: the first, or its copy. */
export type Hedge = 'first' | 'copy';

/** What Azure told of its quota in an answer's head; null where it did not. */
export interface QuotaHeaders {
  readonly atMs: number;
  readonly limitTokens: number | null;
  readonly remainingTokens: number | null;
  readonly limitRequests: number | null;
  readonly remainingRequests: number | null;
}

export interface CallResult {
  /** Index of the target. */
  readonly target: number;
  readonly phase: 'warmUp' | 'measure';
  /** When it should have been sent; in closed loop the same as the first send. */
  readonly intendedMs: number;
  /** First send. */
  readonly sentMs: number;
  /** Of the last attempt, each; null where it did not come so far. */
  readonly headMs: number | null;
  /** First chunk with content. */
  readonly firstContentMs: number | null;
  readonly endMs: number;
  readonly class: CallClass;
  /** Of the last attempt; 0: no answer. */
  readonly status: number;
  /** Code of Azure's error, or the system's; null: none. Never a text that holds what was sent. */
  readonly errorCode: string | null;
  readonly attempts: readonly Attempt[];
  /** By the answer's usage; counted by a tokenizer, or by chunks, where it has none, which `tokensFrom` says. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly tokensFrom: 'usage' | 'tokenizer' | 'chunks' | 'none';
  /** Chunks with content. */
  readonly chunks: number;
  /** Between one chunk with content and the next. Milliseconds. */
  readonly gapsMs: readonly number[];
  /** `azure-openai-deployment-utilization`: 0 to 1 and above; null: no such header. */
  readonly utilisation: number | null;
  readonly quota: QuotaHeaders | null;
  /** Who answered, by the gateway's headers or Azure's; null: not told. */
  readonly servedBy: string | null;
  /** Azure says that another deployment than the asked one answered. */
  readonly spilledOver: boolean;
  /** Only where it is to be logged; never of a call that was cut off by the end of the run. */
  readonly content?: CallContent;
}

/** How late the sender itself is: the run says nothing where it is. */
export interface SenderReport {
  /** Sends that left more than {@link LATE_MS} after their intended moment although there was a free client. */
  readonly late: number;
  readonly lagMsMax: number;
  /** Intended calls that waited in line since all clients were busy. */
  readonly capped: number;
  /** Of these, those that were still in line when sending ended: never sent. */
  readonly unsent: number;
  /** Of the whole run, all workers. Milliseconds. */
  readonly cpuMs: number;
}

/** A send that leaves later than this is the sender's fault. Milliseconds. */
export const LATE_MS = 50;

export const NOTHING_SENT: Omit<SenderReport, 'cpuMs'> = { late: 0, lagMsMax: 0, capped: 0, unsent: 0 };

/**
 * Tokens that a call has used up, as far as is known: what was refused has cost nothing, what was cut off may have. A copy that was cut off
 * is taken for as much as the answer that came: nobody says what it had used.
 */
export function spentTokens({ class: of, promptTokens, completionTokens, attempts }: CallResult): number {
  if (of === 'throttled' || of === 'refused' || of === 'serverError' || of === 'reset') return 0;
  return (promptTokens + completionTokens) * (attempts.at(-1)?.hedge === undefined ? 1 : 2);
}
