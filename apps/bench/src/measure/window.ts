/**
 * The last stretch of a run, which the lines under way are about. Calls leave it by their end, oldest first: a long one counts when it is
 * over, and as long as any other.
 */
import type { CallResult } from '../drive/call.ts';
import { percentileOf } from './distribution.ts';
import type { Line, LineNetwork } from './report.ts';

/** Calls that are kept; at more than this in a window the oldest leave early, and rates are taken over the time that is left. */
export const WINDOW_CALLS_MAX = 200_000;

export interface Totals {
  readonly processing: number;
  readonly completed: number;
  readonly failures: number;
  readonly throttled: number;
}

/** What a line says of the network. */
export interface LineRoundTrips {
  readonly line: LineNetwork;
  /** Of each target, to be taken off its latencies; null: not known, and for all: nothing is adjusted. Milliseconds. */
  readonly lessMs: readonly (number | null)[] | null;
}

const NO_NETWORK: LineRoundTrips = { line: { median: null, '95th': null }, lessMs: null };

export class Window {
  readonly #windowMs: number;
  #calls: CallResult[] = [];
  /** Of those at the front that have left; the list is cut now and then. */
  #gone = 0;
  /** Before this moment calls are missing, since there were too many. */
  #wholeFromMs = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(result: CallResult): void {
    this.#calls.push(result);
    if (this.#calls.length - this.#gone <= WINDOW_CALLS_MAX) return;
    this.#wholeFromMs = this.#calls[this.#gone]?.endMs ?? 0;
    this.#gone++;
    this.#cut();
  }

  /** @param nowMs since the run began. @param startedAtMs of the run: milliseconds since 1970. */
  line(nowMs: number, startedAtMs: number, totals: Totals, network = NO_NETWORK): Line {
    const calls = this.#at(nowMs);
    const spanMs = Math.min(nowMs - this.#wholeFromMs, this.#windowMs);
    const perMinute = (amount: number): number | null =>
      spanMs > 0 && calls.length > 0 ? rounded((amount * 60_000) / spanMs, 1) : null;
    const good = calls.filter(isAnswer);
    const context = sum(good, ({ promptTokens }) => promptTokens);
    const gen = sum(good, ({ completionTokens }) => completionTokens);
    const genTokens = sorted(good.map(({ completionTokens }) => completionTokens));
    const util = sorted(calls.flatMap(({ utilisation }) => (utilisation === null ? [] : [utilisation * 100])));
    return {
      run_seconds: Math.round(nowMs / 1_000),
      timestamp: new Date(startedAtMs + nowMs).toISOString(),
      rpm: perMinute(good.length),
      ...totals,
      requests: totals.completed,
      tpm: { context: perMinute(context), gen: perMinute(gen), total: perMinute(context + gen) },
      e2e: ends(good.map(({ endMs, sentMs }) => (endMs - sentMs) / 1_000)),
      ttft: ends(good.flatMap(({ firstContentMs, sentMs }) => seconds(firstContentMs, sentMs))),
      tbt: ends(good.flatMap((call) => meanGap(call))),
      context_tpr_avg: good.length === 0 ? null : Math.round(context / good.length),
      gen_tpr: {
        '10th': whole(percentileOf(genTokens, 10)),
        avg: good.length === 0 ? null : Math.round(gen / good.length),
        '90th': whole(percentileOf(genTokens, 90)),
      },
      network: network.line,
      ...(network.lessMs === null ? {} : { adjusted: adjustedOf(good, network.lessMs) }),
      util: { avg: percent(mean(util)), '95th': percent(percentileOf(util, 95)) },
    };
  }

  #at(nowMs: number): readonly CallResult[] {
    while ((this.#calls[this.#gone]?.endMs ?? Number.POSITIVE_INFINITY) <= nowMs - this.#windowMs) this.#gone++;
    this.#cut();
    return this.#calls.slice(this.#gone);
  }

  #cut(): void {
    if (this.#gone < 1_000 || this.#gone < this.#calls.length / 2) return;
    this.#calls = this.#calls.slice(this.#gone);
    this.#gone = 0;
  }
}

/** An answer that is whole, even if its length was bounded. */
export function isAnswer({ class: of }: Pick<CallResult, 'class'>): boolean {
  return of === 'ok' || of === 'length';
}

/** Of one call, in seconds; none where it had no two chunks. */
export function meanGap({ gapsMs }: Pick<CallResult, 'gapsMs'>): readonly number[] {
  return gapsMs.length === 0 ? [] : [gapsMs.reduce((total, gap) => total + gap, 0) / gapsMs.length / 1_000];
}

/** Calls of a target whose round trip is not known are left out: as measured they would be taken for adjusted. */
function adjustedOf(calls: readonly CallResult[], lessMs: readonly (number | null)[]): Line['adjusted'] & object {
  const less = (of: (call: CallResult) => number | null): readonly number[] =>
    calls.flatMap((call) => {
      const [value, off] = [of(call), lessMs[call.target] ?? null];
      return value === null || off === null ? [] : [Math.max(0, value - off) / 1_000];
    });
  return {
    e2e: ends(less(({ endMs, sentMs }) => endMs - sentMs)),
    ttft: ends(less(({ firstContentMs, sentMs }) => (firstContentMs === null ? null : firstContentMs - sentMs))),
  };
}

function seconds(toMs: number | null, fromMs: number): readonly number[] {
  return toMs === null ? [] : [(toMs - fromMs) / 1_000];
}

function sum(calls: readonly CallResult[], of: (call: CallResult) => number): number {
  return calls.reduce((total, call) => total + of(call), 0);
}

function sorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
}

function ends(values: readonly number[]): { readonly avg: number | null; readonly '95th': number | null } {
  // A percentile of one value says nothing (B-80).
  const p95 = values.length < 2 ? null : percentileOf(sorted(values), 95);
  return { avg: rounded(mean(values), 3), '95th': rounded(p95, 3) };
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function percent(value: number | null): string | null {
  return value === null ? null : `${value.toFixed(1)}%`;
}

function rounded(value: number, digits: number): number;
function rounded(value: number | null, digits: number): number | null;
function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
