/** What a run would send, before it sends anything: calls and tokens, the busiest minute against a quota, what it may cost. */
import type { CountText } from '@spillway/protocol';
import { promptMaker } from '../load/messages.ts';
import { planOf } from '../load/plan.ts';
import type { Recorded } from '../load/replay.ts';
import { addressOf } from '../load/request.ts';
import { modeOf } from '../mode.ts';
import type { Prices } from '../run.ts';
import type { LoadSpec } from '../spec.ts';
import { numberText, withoutSecrets } from './words.ts';

/** Calls that are looked at; a run of more is said to be at least so large. */
export const FORECAST_CALLS_MAX = 1_000_000;
/** Prompts of a replay that are counted; beyond it, those seen stand for the rest. */
const PROMPTS_MAX = 10_000;
const MINUTE_MS = 60_000;

export interface Quota {
  /** Per minute, of one target; null: not given. */
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
}

export interface Forecast {
  readonly mode: string;
  readonly addresses: readonly string[];
  /** All targets together; null: answers decide how many there will be. */
  readonly calls: number | null;
  /** There are more than were looked at. */
  readonly isAtLeast: boolean;
  /** From the first send to the last; null: not known. */
  readonly seconds: number | null;
  /** Of one call. Tokens. */
  readonly promptTokens: { readonly avg: number; readonly max: number };
  /** Of one call at most, all its answers; null: unbounded. */
  readonly answerTokensMax: number | null;
  readonly promptTokensTotal: number | null;
  readonly answerTokensTotalMax: number | null;
  /** `--max-tokens-total`. */
  readonly tokensBound: number | null;
  /** Of one target, in minutes from the beginning; null: not known. Tokens as Azure counts them on arrival: prompt and longest answer. */
  readonly busiestMinute: { readonly calls: number; readonly tokens: number | null } | null;
  readonly quota: Quota;
  readonly cost: { readonly currency: string; readonly amountMax: number; readonly asOf: string } | null;
}

export interface ForecastAsk {
  readonly spec: LoadSpec;
  readonly recorded: readonly Recorded[];
  readonly count: CountText;
  readonly quota: Quota;
  readonly prices: Prices | null;
}

/** @throws RangeError where a prompt is too short for what must stand in it. */
export function forecastOf({ spec, recorded, count, quota, prices }: ForecastAsk): Forecast {
  const sizes = new PromptSizes(spec, recorded, count);
  const { tokensMax, completions } = spec.answer;
  const isEmbedding = spec.targets[0]?.api === 'embeddings';
  const answerTokensMax = isEmbedding ? 0 : tokensMax === null ? null : tokensMax * completions;
  const sent = spec.pace.kind === 'open' ? ofPlan(spec, sizes, answerTokensMax) : ofClients(spec, sizes);
  const answerTotal =
    sent.calls === null || answerTokensMax === null ? null : sent.calls * sizes.answerAvg(answerTokensMax);
  return {
    mode: modeOf(spec),
    addresses: spec.targets.map((target) => withoutSecrets(addressOf(target))),
    ...sent,
    promptTokens: sizes.one,
    answerTokensMax,
    answerTokensTotalMax: answerTotal,
    tokensBound: spec.totalTokensMax,
    quota,
    cost: costOf(sent.promptTokensTotal, answerTotal, prices),
  };
}

type Sent = Pick<Forecast, 'calls' | 'isAtLeast' | 'seconds' | 'promptTokensTotal' | 'busiestMinute'>;

function ofPlan(spec: LoadSpec, sizes: PromptSizes, answerTokens: number | null): Sent {
  const minutes = new Map<number, { calls: number; tokens: number }>();
  let calls = 0;
  let promptTokensTotal = 0;
  let lastMs = 0;
  let isAtLeast = false;
  for (const { index, atMs, target } of planOf(spec)) {
    if (calls === FORECAST_CALLS_MAX) {
      isAtLeast = true;
      break;
    }
    const tokens = sizes.of(index);
    calls++;
    promptTokensTotal += tokens;
    lastMs = atMs;
    if (target !== 0) continue;
    const minute = minutes.get(Math.floor(atMs / MINUTE_MS)) ?? { calls: 0, tokens: 0 };
    minute.calls++;
    minute.tokens += tokens + sizes.answerOf(index, answerTokens ?? 0);
    minutes.set(Math.floor(atMs / MINUTE_MS), minute);
  }
  const most = (of: (minute: { calls: number; tokens: number }) => number) =>
    [...minutes.values()].reduce((max, minute) => Math.max(max, of(minute)), 0);
  const tokens = answerTokens === null ? null : most((minute) => minute.tokens);
  return {
    calls,
    isAtLeast,
    seconds: lastMs / 1_000,
    promptTokensTotal,
    busiestMinute: { calls: most((minute) => minute.calls), tokens },
  };
}

/** In closed loop answers decide how many calls there are, unless they are counted. */
function ofClients({ end, warmUpMs }: LoadSpec, sizes: PromptSizes): Sent {
  const isCounted = end.requests !== null && (end.mode === 'or' || end.durationMs === null) && warmUpMs === 0;
  const calls = isCounted ? end.requests : null;
  const promptTokensTotal = calls === null ? null : Math.ceil(calls * sizes.one.avg);
  return { calls, isAtLeast: false, seconds: null, promptTokensTotal, busiestMinute: null };
}

/** How long prompts are. Generated ones have the sizes that were asked for, in turns; those of a replay are counted. */
class PromptSizes {
  readonly one: Forecast['promptTokens'];
  readonly #sizes: readonly number[];
  /** Tokens of all the answers of a call; null: as in all calls. */
  readonly #answers: ReadonlyArray<number | null>;

  constructor(spec: LoadSpec, recorded: readonly Recorded[], count: CountText) {
    const make = promptMaker(spec, recorded, count);
    const { prompts } = spec;
    const length = prompts.kind === 'generated' ? (prompts.sizes?.length ?? 1) : PROMPTS_MAX;
    const made = Array.from({ length }, (_, index) => make(index, 0));
    this.#sizes = made.map(({ tokens }) => tokens);
    const { completions } = spec.answer;
    this.#answers = made.map(({ answerTokensMax: one }) => (typeof one === 'number' ? one * completions : null));
    const sum = this.#sizes.reduce((all, tokens) => all + tokens, 0);
    this.one = { avg: sum / length, max: this.#sizes.reduce((max, tokens) => Math.max(max, tokens), 0) };
  }

  of(index: number): number {
    return this.#sizes[index % this.#sizes.length] ?? 0;
  }

  /** @param common of calls that have no bound of their own. 0: there are no answers in tokens. */
  answerOf(index: number, common: number): number {
    return common === 0 ? 0 : (this.#answers[index % this.#answers.length] ?? common);
  }

  answerAvg(common: number): number {
    return this.#answers.reduce<number>((sum, _, at) => sum + this.answerOf(at, common), 0) / this.#answers.length;
  }
}

function costOf(prompt: number | null, answer: number | null, prices: Prices | null): Forecast['cost'] {
  if (prices === null || prompt === null || answer === null) return null;
  const { currency, asOf } = prices;
  return { currency, asOf, amountMax: (prompt * prices.prompt + answer * prices.completion) / 1e6 };
}

/** For people. */
export function forecastText(forecast: Forecast, prices: Prices | null): string {
  const { mode, addresses, promptTokens, answerTokensMax, tokensBound } = forecast;
  const rows: ReadonlyArray<readonly [string, string]> = [
    ...addresses.map((address) => ['would go to', address] as const),
    ['calls', callsText(forecast)],
    ['busiest minute', minuteText(forecast)],
    [
      'prompt tokens',
      `${numberText(promptTokens.avg)} a call${promptTokens.max > promptTokens.avg ? ` on average, ${numberText(promptTokens.max)} at most` : ''}${inAll(forecast.promptTokensTotal)}`,
    ],
    [
      'answer tokens',
      answerTokensMax === null
        ? 'not bounded: give --max-tokens COUNT to know them'
        : `${numberText(answerTokensMax)} a call at most${inAll(forecast.answerTokensTotalMax)}`,
    ],
    ...(tokensBound === null
      ? []
      : [['would stop', `when ${numberText(tokensBound)} tokens are used or under way`] as const]),
    ...quotaRows(forecast),
    ['cost', costText(forecast, prices)],
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(15)} ${text}`);
  return `dry run: nothing is sent\n${mode}\n${lines.join('\n')}\n`;
}

function inAll(tokens: number | null): string {
  return tokens === null ? '' : `, ${numberText(tokens)} in all`;
}

function callsText({ calls, isAtLeast, seconds, addresses }: Forecast): string {
  if (calls === null) return 'as many as the clients get answers to; --rate or --requests would say how many';
  const sides = addresses.length > 1 ? ` to ${addresses.length} targets together` : '';
  const time = seconds === null ? '' : `, the last after ${numberText(seconds)} s`;
  return `${isAtLeast ? 'at least ' : ''}${numberText(calls)}${sides}${time}; tries anew, if any, besides`;
}

function minuteText({ busiestMinute, addresses }: Forecast): string {
  if (busiestMinute === null) return 'not known: answers decide how fast calls follow each other';
  const { calls, tokens } = busiestMinute;
  const each = addresses.length > 1 ? ' to each target' : '';
  const counted =
    tokens === null
      ? ''
      : `, ${numberText(tokens)} tokens (prompts and longest answers, as Azure counts them on arrival)`;
  return `${numberText(calls)} calls${each}${counted}`;
}

function quotaRows({ quota, busiestMinute }: Forecast): ReadonlyArray<readonly [string, string]> {
  const { tokensPerMinute, requestsPerMinute } = quota;
  const rows: Array<readonly [string, string]> = [];
  const row = (name: string, limit: number | null, wanted: number | null): void => {
    if (limit === null) return;
    rows.push([name, `${numberText(limit)}: ${fitText(limit, wanted)}`]);
  };
  row('TPM', tokensPerMinute, busiestMinute?.tokens ?? null);
  row('RPM', requestsPerMinute, busiestMinute?.calls ?? null);
  return rows;
}

function fitText(limit: number, wanted: number | null): string {
  if (wanted === null) return 'cannot be held against anything, see above';
  const share = `${numberText((100 * wanted) / limit)} %`;
  return wanted <= limit
    ? `the busiest minute fits, ${share} of it`
    : `too little, the busiest minute is ${share} of it: expect 429s`;
}

function costText({ cost }: Forecast, prices: Prices | null): string {
  if (prices === null)
    return 'not known: give --price-prompt, --price-completion (per million tokens) and --price-as-of';
  if (cost === null) return 'not known: the number of calls, or the length of answers, is not bounded';
  return `at most ${cost.amountMax.toFixed(4)} ${cost.currency} (prices as of ${cost.asOf})`;
}
