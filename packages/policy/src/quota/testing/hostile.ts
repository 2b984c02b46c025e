/**
 * Answers as nobody should give them: what a broken proxy, another service or an attacker may say in the place of Azure. No forecast may
 * come out of them with a figure that is none, or stay shut after they have stopped.
 */
import fc from 'fast-check';
import { type Need, REQUEST_CLASSES } from '../../need.ts';
import type { Quota, Settlement } from '../quota.ts';
import { readingOf } from '../reading.ts';
import { BEGIN_MS } from '../testing.ts';

const NUMBERS = ['0', '1', '-1', '29000', '30000', '999999999', '999999999999999', '9'.repeat(20), '1e9', 'NaN', ''];
const number = fc.constantFrom(...NUMBERS);
const DURATIONS = ['0', '0.000001', '43', '1', '59', '60', '86400', '99999999999', '6m0s', 'never', ''];
const duration = fc.constantFrom(...DURATIONS);
const DATES = ['Fri, 31 Dec 9999 23:59:59 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT'];

const headers = fc.record(
  {
    'x-ratelimit-limit-tokens': number,
    'x-ratelimit-remaining-tokens': number,
    'x-ratelimit-limit-requests': number,
    'x-ratelimit-remaining-requests': number,
    'x-ratelimit-renewalperiod-tokens': number,
    'x-ratelimit-renewalperiod-requests': number,
    'x-ratelimit-reset-tokens': duration,
    'x-ratelimit-reset-requests': duration,
    'retry-after-ms': duration,
    'retry-after': fc.constantFrom(...DURATIONS, ...DATES),
    'azure-openai-deployment-utilization': fc.constantFrom('0%', '50%', '99.9%', '150%', '999999%', '1000000%', '-5%'),
  },
  { requiredKeys: [] },
);

/** As a body may ask for it: see the limits of scanBody. */
const anyNeed: fc.Arbitrary<Need> = fc.record({
  promptTokens: fc.constantFrom(0, 1, 100, 64_000_000),
  cachedTokens: fc.constantFrom(0, 50, 64_000_000),
  answerTokensMax: fc.constantFrom(null, 0, 100, 1_000_000),
  answerTokens: fc.constantFrom(0, 100, 1_000_000),
  choices: fc.constantFrom(1, 128),
  class: fc.constantFrom(...REQUEST_CLASSES),
  cacheKey: fc.constant(null),
});

const count = fc.constantFrom(null, 0, 7, 1e9, Number.MAX_SAFE_INTEGER);
const settlement: fc.Arbitrary<Settlement> = fc.oneof(
  fc.constantFrom<Settlement>({ kind: 'refused' }, { kind: 'unsent' }, { kind: 'lost' }),
  fc
    .record({ promptTokens: count, completionTokens: count, cachedTokens: count, reasoningTokens: count })
    .map((usage): Settlement => ({ kind: 'served', usage })),
);

const step = fc.record({
  /** A clock that jumps back is not ours; a day that was slept through is. */
  passedMs: fc.constantFrom(0, 0.001, 40, 1_000, 61_000, 86_400_000),
  need: anyNeed,
  status: fc.constantFrom(200, 200, 429),
  headers,
  settlement,
  owedTokens: fc.constantFrom(0, 1_000, 1e9),
});

/** Nothing that was said holds for longer, where nobody says it again. Milliseconds. */
const FORGOTTEN_MS = 3_600_000;
const SMALL: Need = {
  promptTokens: 10,
  cachedTokens: 0,
  answerTokensMax: 10,
  answerTokens: 10,
  choices: 1,
  class: 'interactive',
  cacheKey: null,
};

/** Throws where a quota does not bear what is said to it. */
export function checkHostile(newQuota: () => Quota): void {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const quota = newQuota();
      let nowMs = BEGIN_MS;
      for (const { passedMs, need, status, headers: told, settlement: ended, owedTokens } of steps) {
        nowMs += passedMs;
        checkFigures(quota, need, nowMs, owedTokens);
        const reservation = quota.reserve(need, nowMs);
        const lookup = new Map(Object.entries(told));
        quota.read(
          reservation,
          readingOf(status, (name) => lookup.get(name), nowMs),
          nowMs,
        );
        checkFigures(quota, need, nowMs, owedTokens);
        quota.settle(reservation, ended, nowMs);
        checkFigures(quota, need, nowMs, owedTokens);
      }
      nowMs += FORGOTTEN_MS;
      for (const answerTokensMax of [10, null]) {
        const small = { ...SMALL, answerTokensMax };
        must(quota.opensAtMs(small, nowMs, 0) <= nowMs, `shut for good: ${answerTokensMax}`);
        checkFigures(quota, small, nowMs, 0);
      }
    }),
    { seed: 20261121, numRuns: 400 },
  );
}

function checkFigures(quota: Quota, need: Need, nowMs: number, owedTokens: number): void {
  const opensAtMs = quota.opensAtMs(need, nowMs, owedTokens);
  must(opensAtMs > 0, `opens at ${opensAtMs}`);
  const charge = quota.chargeOf(need);
  must(Number.isFinite(charge) && charge >= 0, `charges ${charge}`);
  const free = quota.free(nowMs);
  must(free >= 0 && free <= 1, `free: ${free}`);
  quota.isGuess(nowMs);
  for (const [name, figure] of Object.entries(quota.report(nowMs))) {
    if (typeof figure === 'number') must(Number.isFinite(figure), `${name}: ${figure}`);
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(what);
}
