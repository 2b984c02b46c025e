/** The schema of what decides who serves and who waits: strategy, quota, waiting, and what is kept to explain it. */
import { DEFAULT_POLICY, STRATEGY_NAMES } from '@spillway/policy';
import * as z from 'zod';
import { DEFAULT_GATEWAY } from './config.ts';
import { count, durationMs } from './kinds.ts';

const WAITERS_MAX = 1_000_000;
const RECORDS_MAX = 100_000;

const { quota, waiting, strategy } = DEFAULT_POLICY;

export const strategySetting = z
  .enum(STRATEGY_NAMES)
  .default(strategy)
  .describe(
    'How a deployment is chosen among those of the lowest priority number that may serve. `headroom`: by weight and by what is left of their quota, with those that hold the cache of the prompt first. `weighted`: by weight alone. `round-robin`: in turn. `least-busy`: the fewest attempts under way. `latency`: the quickest to its first byte. `random-in-priority` and `apim-policy` do as the public samples do, and are there to compare with: they count no quota, and learn of a spent one by its 429.',
  );

const SHARE_RULE = 'is not a share above 0 and up to 1; give for example 0.9';
const share = (preset: number, description: string) =>
  z
    .number({ error: SHARE_RULE })
    .gt(0, { error: SHARE_RULE })
    .max(1, { error: SHARE_RULE })
    .default(preset)
    .describe(description);

const spillAt = z
  .strictObject({
    interactive: share(quota.spillAt.interactive, 'For clients of that class. Share of the capacity; 1 is its brim.'),
    standard: share(quota.spillAt.standard, 'For clients of that class. Share of the capacity.'),
    batch: share(
      quota.spillAt.batch,
      'For clients of that class. Share of the capacity. Not far below the others: what is paid for would lie idle.',
    ),
  })
  .prefault({})
  .describe(
    'Utilisation of a provisioned deployment from which on requests of each class go to the next deployment. Batch work leaves first, so that interactive callers keep what is paid for.',
  );

export const quotaSettings = z
  .strictObject({ spillAt })
  .prefault({})
  .describe("How the deployments' quotas are spent.");

const maxMs = z
  .strictObject({
    interactive: durationMs(waiting.maxMs.interactive, 0, 'For clients of that class. Milliseconds.'),
    standard: durationMs(waiting.maxMs.standard, 0, 'For clients of that class. Milliseconds.'),
    batch: durationMs(
      waiting.maxMs.batch,
      0,
      'For clients of that class. Milliseconds. Below what their own timeouts allow.',
    ),
  })
  .prefault({})
  .describe(
    'Longest time that a request of each class waits where its turn comes within it; else it is refused at once, with the time to come back. Milliseconds; 0: it never waits. The `waitMsMax` of a client goes before it, else that of a pool; a request may shorten it (`x-spillway-wait-ms`). Not for clients that would rather turn elsewhere at once.',
  );

export const waitingSettings = z
  .strictObject({
    maxMs,
    waitersMax: count(
      waiting.waitersMax,
      { min: 1, max: WAITERS_MAX },
      'Requests that wait at the same time in one pool; more are refused at once. Each holds its body, and counts towards `limits.exchangesMax`; all bodies in memory of those who wait have 256 MiB together.',
    ),
    ageingMs: durationMs(
      waiting.ageingMs,
      1,
      'A waiting request counts as one class higher each time this has passed, so that nobody waits for ever. Milliseconds. Not far below `maxMs`, or classes mean nothing.',
    ),
  })
  .prefault({})
  .describe('What happens to requests for which there is no quota at the moment, but soon will be.');

export const explainSettings = z
  .strictObject({
    recordsMax: count(
      DEFAULT_GATEWAY.explain.recordsMax,
      { min: 0, max: RECORDS_MAX },
      'Decisions kept in memory for `spillway explain`; beyond it the oldest is forgotten, and of plain ones no more than 100 in a second are kept for long. 0 keeps none. Some kilobytes each in a large pool.',
    ),
  })
  .prefault({})
  .describe('What is kept of decisions, so that they can be explained. No text of a prompt or an answer is.');
