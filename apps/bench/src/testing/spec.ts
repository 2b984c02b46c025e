/** A run's words for tests, ours and those of the whole tree: whom it asks, what, and how. */
import type { Answer, LoadSpec, Target } from '../spec.ts';

export function targetOf(endpoint: string, of: Partial<Target> = {}): Target {
  return {
    name: 'here',
    endpoint,
    api: 'chat',
    dialect: 'classic',
    deployment: 'chat',
    apiVersion: '2024-10-21',
    credential: { kind: 'none' },
    headers: {},
    ...of,
  };
}

export function answerOf(of: Partial<Answer> = {}): Answer {
  return {
    stream: true,
    tokensMax: 10,
    tokensField: 'max_tokens',
    completions: 1,
    temperature: null,
    topP: null,
    frequencyPenalty: null,
    presencePenalty: null,
    ...of,
  };
}

/** Small and whole; bounded by 10 calls. */
export function specOf(endpoint: string, of: Partial<LoadSpec> = {}): LoadSpec {
  return {
    targets: [targetOf(endpoint)],
    prompts: { kind: 'generated', shape: 'custom', contextTokens: 60, cacheShare: 1 },
    answer: answerOf(),
    pace: { kind: 'closed' },
    clients: 1,
    workers: 1,
    end: { requests: 10, durationMs: null, mode: 'or' },
    warmUpMs: 0,
    warmUpUntilThrottled: false,
    drainMs: 5_000,
    retry: 'none',
    hedgeAfterMs: 1_000,
    retryMsMax: 5_000,
    timeoutMs: 10_000,
    windowMs: 60_000,
    totalTokensMax: null,
    preventServerCaching: false,
    adjustForNetwork: false,
    logContent: false,
    seed: 1,
    ...of,
  };
}

/** Open loop. */
export function evenly(perMinute: number): LoadSpec['pace'] {
  return { kind: 'open', arrivals: { kind: 'constant', perMinute } };
}
