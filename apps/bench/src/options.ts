/**
 * The command line's words made into a run, or every mistake in them at once. Names and defaults are those of azure-openai-benchmark
 * where it had them (simulator reference §2.1).
 */
import { answerTokensOf, promptsOf } from './load/prompt-words.ts';
import { arrivalsOf, oneOf, Problems, readNumber, yesOrNo } from './load/words-of.ts';
import type { Answer, Arrivals, End, LoadSpec, Prompts, RetryPolicy } from './spec.ts';
import { type TargetFlags, targetsOf } from './targets.ts';

/** As they stand on the command line. */
export interface LoadFlags extends TargetFlags {
  readonly clients?: string;
  readonly requests?: string;
  readonly duration?: string;
  readonly runEndConditionMode: string;
  readonly rate?: string;
  readonly arrivals?: string;
  readonly aggregationWindow: string;
  readonly shapeProfile: string;
  readonly contextTokens?: string;
  readonly maxTokens?: string;
  readonly maxCompletionTokens?: string;
  readonly completions: string;
  readonly frequencyPenalty?: string;
  readonly presencePenalty?: string;
  readonly temperature?: string;
  readonly topP?: string;
  readonly stream: boolean;
  readonly retry: string;
  readonly retryLimit: string;
  readonly hedgeAfter?: string;
  readonly contextGenerationMethod: string;
  readonly replayPath?: string;
  readonly replayOrder: string;
  /** true: the flag alone, as the ancestor took it. */
  readonly preventServerCaching: string | boolean;
  readonly adjustForNetworkLatency?: string | boolean;
  readonly logRequestContent?: string | boolean;
  readonly cacheShare: string;
  readonly warmUp: string;
  readonly warmUpUntilThrottled?: boolean;
  readonly drain: string;
  readonly timeout: string;
  readonly workers: string;
  readonly maxTokensTotal?: string;
  readonly seed: number;
}

/** Clients of a closed loop, as the ancestor's. */
export const CLIENTS = 20;
/** Under way at most in open loop, where nothing else is said: a cap for safety, not the load. */
export const CLIENTS_OPEN = 1_000;
export const CLIENTS_MAX = 100_000;
export const WORKERS_MAX = 64;
const DURATION_MAX_S = 7 * 86_400;
const TOKENS_MAX = 2_000_000;
const REQUESTS_MAX = 1e9;

export type Read =
  | { readonly kind: 'ok'; readonly spec: LoadSpec }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

/** @param trace reads the times of a replay, where the arrivals are recorded; null: it could not, and has said why. */
export function readLoad(flags: LoadFlags, trace: (file: string) => readonly number[]): Read {
  const problems = new Problems();
  const end = endOf(flags, problems);
  const prompts = promptsOf(flags, problems);
  const answer = answerOf(flags, prompts, problems);
  const targets = targetsOf(flags, problems);
  const pace = paceOf(flags, problems, trace);
  const isOpen = pace.kind === 'open';
  const seconds = (name: string, text: string, min = 0) =>
    1_000 * readNumber(problems, name, text, { min, max: DURATION_MAX_S });
  const spec: LoadSpec = {
    targets,
    prompts,
    answer,
    pace,
    clients: whole(problems, '--clients', flags.clients ?? String(isOpen ? CLIENTS_OPEN : CLIENTS), 1, CLIENTS_MAX),
    workers: whole(problems, '--workers', flags.workers, 1, WORKERS_MAX),
    end,
    warmUpMs: seconds('--warm-up', flags.warmUp),
    warmUpUntilThrottled: flags.warmUpUntilThrottled === true,
    drainMs: seconds('--drain', flags.drain),
    retry: oneOf(problems, '--retry', flags.retry, ['none', 'exponential', 'retry-after', 'hedged']) as RetryPolicy,
    hedgeAfterMs: hedgeAfterOf(flags, problems),
    retryMsMax: seconds('--retry-limit', flags.retryLimit, 0.001),
    timeoutMs: seconds('--timeout', flags.timeout, 0.001),
    windowMs: seconds('--aggregation-window', flags.aggregationWindow, 1),
    totalTokensMax:
      flags.maxTokensTotal === undefined ? null : whole(problems, '--max-tokens-total', flags.maxTokensTotal, 1, 1e12),
    preventServerCaching: yesOrNo(problems, '--prevent-server-caching', flags.preventServerCaching),
    adjustForNetwork: yesOrNo(problems, '--adjust-for-network-latency', flags.adjustForNetworkLatency ?? false),
    logContent: yesOrNo(problems, '--log-request-content', flags.logRequestContent ?? false),
    seed: flags.seed,
  };
  hasAnEnd(spec, problems);
  if (spec.workers > spec.clients)
    problems.add(`--workers ${spec.workers}: more than --clients ${spec.clients}; some would have nothing to do`);
  return problems.list.length > 0 ? { kind: 'errors', errors: problems.list } : { kind: 'ok', spec };
}

/** What ends by itself needs no bound. */
function hasAnEnd({ end, pace, totalTokensMax }: LoadSpec, problems: Problems): void {
  if (end.requests !== null || end.durationMs !== null || totalTokensMax !== null) return;
  if (pace.kind === 'open' && ['steps', 'sweep', 'trace'].includes(pace.arrivals.kind)) return;
  problems.add('nothing ends this run: give --duration SECONDS, --requests COUNT or --max-tokens-total COUNT');
}

/** No default: too short a wait doubles the load, and what is short depends on the model. */
function hedgeAfterOf({ retry, hedgeAfter }: LoadFlags, problems: Problems): number {
  if (hedgeAfter !== undefined && retry !== 'hedged')
    problems.add(`--hedge-after ${hedgeAfter}: is for --retry hedged; give both or neither`);
  if (hedgeAfter !== undefined)
    return 1_000 * readNumber(problems, '--hedge-after', hedgeAfter, { min: 0.001, max: DURATION_MAX_S });
  if (retry === 'hedged')
    problems.add(
      '--retry hedged: needs --hedge-after SECONDS; the p95 of a run without it, to the first word, is a good one',
    );
  return 0;
}

function endOf(flags: LoadFlags, problems: Problems): End {
  const { requests, duration } = flags;
  return {
    requests: requests === undefined ? null : whole(problems, '--requests', requests, 1, REQUESTS_MAX),
    durationMs:
      duration === undefined
        ? null
        : 1_000 * readNumber(problems, '--duration', duration, { min: 0.1, max: DURATION_MAX_S }),
    mode: oneOf(problems, '--run-end-condition-mode', flags.runEndConditionMode, ['or', 'and']) as End['mode'],
  };
}

function paceOf(flags: LoadFlags, problems: Problems, trace: (file: string) => readonly number[]): LoadSpec['pace'] {
  const rate = flags.rate === undefined ? 0 : readNumber(problems, '--rate', flags.rate, { min: 0, max: 1e8 });
  if (flags.arrivals === undefined) {
    // As the ancestor's: 0 stands for none.
    return rate > 0 ? { kind: 'open', arrivals: { kind: 'constant', perMinute: rate } } : { kind: 'closed' };
  }
  const arrivals = arrivalsOf(problems, flags.arrivals, rate, () => offsetsOf(flags, problems, trace));
  return arrivals === null ? { kind: 'closed' } : { kind: 'open', arrivals };
}

function offsetsOf(
  { replayPath }: LoadFlags,
  problems: Problems,
  trace: (file: string) => readonly number[],
): Arrivals | null {
  if (replayPath === undefined) {
    problems.add('--arrivals trace: needs --replay-path FILE with a time ("at") for each list of messages');
    return null;
  }
  try {
    return { kind: 'trace', offsetsMs: trace(replayPath) };
  } catch (error) {
    problems.add(error instanceof Error ? error.message : String(error));
    return null;
  }
}

function answerOf(flags: LoadFlags, prompts: Prompts, problems: Problems): Answer {
  const { maxTokens, maxCompletionTokens } = flags;
  if (maxTokens !== undefined && maxCompletionTokens !== undefined)
    problems.add('--max-tokens and --max-completion-tokens: give one of them');
  const given = maxTokens ?? maxCompletionTokens;
  const tokens =
    given === undefined
      ? null
      : whole(problems, maxTokens === undefined ? '--max-completion-tokens' : '--max-tokens', given, 1, TOKENS_MAX);
  const optional = (name: string, text: string | undefined, min: number, max: number) =>
    text === undefined ? null : readNumber(problems, name, text, { min, max });
  return {
    stream: flags.stream && flags.api !== 'embeddings',
    tokensMax: tokens ?? answerTokensOf(prompts),
    tokensField: maxCompletionTokens === undefined ? 'max_tokens' : 'max_completion_tokens',
    completions: whole(problems, '--completions', flags.completions, 1, 128),
    temperature: optional('--temperature', flags.temperature, 0, 2),
    topP: optional('--top-p', flags.topP, 0, 1),
    frequencyPenalty: optional('--frequency-penalty', flags.frequencyPenalty, -2, 2),
    presencePenalty: optional('--presence-penalty', flags.presencePenalty, -2, 2),
  };
}

function whole(problems: Problems, name: string, text: string, min: number, max: number): number {
  return readNumber(problems, name, text, { min, max, isWhole: true });
}
