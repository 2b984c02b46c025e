/** What became of attempts, in typed arrays: of one deployment, of those no longer told apart, or of all together. */
import { OUTCOME_KINDS, type OutcomeKind, type PassedOverReason } from '@spillway/policy';
import type { AttemptCounts, QuotaReport, TokenCounts, Usage } from '@spillway/protocol';
import type { AttemptRecord, QuotaHeaders } from './events.ts';
import { type Bounds, Histogram } from './histogram.ts';
import { LastMinute } from './last-minute.ts';

export const TOKEN_KINDS = ['prompt', 'completion', 'cached', 'reasoning'] as const satisfies ReadonlyArray<
  keyof TokenCounts
>;

/** Of `gen_ai.client.operation.duration`. Source: wire reference §9.3. */
export const DURATION_BOUNDS: Bounds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** Each once, so that none is forgotten when one is added. */
const REASONS: Readonly<Record<PassedOverReason, true>> = {
  tried: true,
  paused: true,
  notPinned: true,
  ownedElsewhere: true,
  regionNotAllowed: true,
  typeNotAllowed: true,
  modelVersionNotAllowed: true,
  contentFilterNotAllowed: true,
  featureMissing: true,
  contextTooShort: true,
  promptTooLong: true,
  throttled: true,
  breakerOpen: true,
  backendBreakerOpen: true,
  probing: true,
  tooLarge: true,
  noHeadroom: true,
  coldCache: true,
  higherPriorityNumber: true,
  notDrawn: true,
};
/** Every one, for metrics and documents. */
export const PASSED_OVER_REASONS: readonly string[] = Object.keys(REASONS);
const INDEX_OF_REASON: ReadonlyMap<string, number> = new Map(PASSED_OVER_REASONS.map((reason, i) => [reason, i]));

const INDEX_OF_OUTCOME: ReadonlyMap<OutcomeKind, number> = new Map(OUTCOME_KINDS.map((kind, i) => [kind, i]));
const THROTTLED = OUTCOME_KINDS.indexOf('throttled');

export class AttemptCounters {
  readonly #outcomes = new Float64Array(OUTCOME_KINDS.length);
  readonly #tokens = new Float64Array(TOKEN_KINDS.length);
  readonly #passedOver = new Float64Array(PASSED_OVER_REASONS.length);
  readonly durations = new Histogram(DURATION_BOUNDS);
  readonly lastMinute = new LastMinute();
  /** When an attempt last began; 0 before the first. */
  lastUsedMs = 0;
  #remaining: Seen | null = null;
  #limit: Seen | null = null;

  began(atMs: number): void {
    if (atMs > this.lastUsedMs) this.lastUsedMs = atMs;
  }

  passedOver(reason: PassedOverReason): void {
    const index = INDEX_OF_REASON.get(reason) ?? 0;
    this.#passedOver[index] = (this.#passedOver[index] ?? 0) + 1;
  }

  /** In the order of {@link PASSED_OVER_REASONS}. */
  get passedOverCounts(): Readonly<Float64Array> {
    return this.#passedOver;
  }

  ended(attempt: AttemptRecord, usage: Usage, endedMs: number): void {
    const outcome = INDEX_OF_OUTCOME.get(attempt.outcome.kind) ?? 0;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    this.durations.observeMs(attempt.durationMs ?? endedMs - attempt.startedMs);
    const prompt = usage.promptTokens ?? 0;
    const completion = usage.completionTokens ?? 0;
    this.lastMinute.add(endedMs, outcome === THROTTLED, prompt, completion);
    if (usage.promptTokens !== null) {
      const tokens = this.#tokens;
      tokens[0] = (tokens[0] ?? 0) + prompt;
      tokens[1] = (tokens[1] ?? 0) + completion;
      tokens[2] = (tokens[2] ?? 0) + (usage.cachedTokens ?? 0);
      tokens[3] = (tokens[3] ?? 0) + (usage.reasoningTokens ?? 0);
    }
    const { quota } = attempt;
    if (quota !== null) this.#remaining = { quota, atMs: endedMs };
    if (quota !== null && (quota.limitTokens !== null || quota.limitRequests !== null)) this.#limit = this.#remaining;
  }

  /** Takes over the sums of another one; what is only of the present moment stays behind. */
  add(other: AttemptCounters): void {
    for (const [i, count] of other.#outcomes.entries()) this.#outcomes[i] = (this.#outcomes[i] ?? 0) + count;
    for (const [i, count] of other.#passedOver.entries()) this.#passedOver[i] = (this.#passedOver[i] ?? 0) + count;
    for (const [i, count] of other.#tokens.entries()) this.#tokens[i] = (this.#tokens[i] ?? 0) + count;
    this.durations.add(other.durations);
  }

  get throttled(): number {
    return this.#outcomes[THROTTLED] ?? 0;
  }

  attempts(): AttemptCounts {
    const occurred = OUTCOME_KINDS.map((kind, i) => [kind, this.#outcomes[i] ?? 0] as const).filter(([, n]) => n > 0);
    return { total: this.#outcomes.reduce((sum, n) => sum + n, 0), byOutcome: Object.fromEntries(occurred) };
  }

  tokens(): TokenCounts {
    const [prompt = 0, completion = 0, cached = 0, reasoning = 0] = this.#tokens;
    return { prompt, completion, cached, reasoning };
  }

  remaining(): QuotaReport | null {
    const seen = this.#remaining;
    return seen && quotaReport(seen.quota.remainingTokens, seen.quota.remainingRequests, seen.atMs);
  }

  limit(): QuotaReport | null {
    const seen = this.#limit;
    return seen && quotaReport(seen.quota.limitTokens, seen.quota.limitRequests, seen.atMs);
  }
}

interface Seen {
  readonly quota: QuotaHeaders;
  readonly atMs: number;
}

function quotaReport(tokens: string | null, requests: string | null, atMs: number): QuotaReport | null {
  const report = { tokens: figure(tokens), requests: figure(requests), atMs };
  return report.tokens === null && report.requests === null ? null : report;
}

/** Azure writes -1 for "unknown" (wire reference §4.1). */
function figure(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
