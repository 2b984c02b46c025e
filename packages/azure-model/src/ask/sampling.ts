/** The numbers of a chat request, and what reasoning models refuse of them. Sources: wire §3.2; Azure's guide to reasoning models, "not supported"; the sentences are the service's. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import { inWords } from '../json.ts';
import { invalidRequest, invalidValue, type Refusal } from '../wire/refusals.ts';
import { REASONING_EFFORTS, type ReasoningEffort } from './generation.ts';

/** Choices of one request. Source: OpenAI's API reference, `n`. */
const CHOICES_MAX = 128;
const STOPS_MAX = 4;
const TOP_LOGPROBS_MAX = 20;

export function checkSampling(body: Record<string, unknown>, facts: ModelFacts): Refusal | null {
  return (
    checkCounts(body) ??
    checkRanges(body) ??
    checkStop(body.stop) ??
    checkLogprobs(body) ??
    checkStreamOptions(body) ??
    checkEffort(body.reasoning_effort, facts, 'reasoning_effort') ??
    (facts.reasoning ? checkReasoning(body, facts) : null)
  );
}

function checkCounts(body: Record<string, unknown>): Refusal | null {
  for (const name of ['max_tokens', 'max_completion_tokens', 'n']) {
    const value = body[name];
    if (isAbsent(value) || positive(value) !== null) continue;
    return invalidValue(name, 'expected a whole number of 1 or more');
  }
  return (positive(body.n) ?? 1) > CHOICES_MAX ? invalidValue('n', `expected at most ${CHOICES_MAX}`) : null;
}

const RANGES: ReadonlyArray<readonly [name: string, least: number, most: number]> = [
  ['temperature', 0, 2],
  ['top_p', 0, 1],
  ['presence_penalty', -2, 2],
  ['frequency_penalty', -2, 2],
];

function checkRanges(body: Record<string, unknown>): Refusal | null {
  for (const [name, least, most] of RANGES) {
    const value = body[name];
    if (isAbsent(value)) continue;
    if (typeof value !== 'number') {
      const message = `Invalid type for '${name}': expected a decimal, but got a ${typeof value} instead.`;
      return invalidRequest(message, name, 'invalid_type');
    }
    if (value > most) return outOfRange(name, 'above maximum', `<= ${most}`, value);
    if (value < least) return outOfRange(name, 'below minimum', `>= ${least}`, value);
  }
  return null;
}

function outOfRange(name: string, side: 'above maximum' | 'below minimum', rule: string, value: number): Refusal {
  return invalidRequest(
    `Invalid '${name}': decimal ${side} value. Expected a value ${rule}, but got ${value} instead.`,
    name,
    side === 'above maximum' ? 'decimal_above_max_value' : 'decimal_below_min_value',
  );
}

function checkStop(stop: unknown): Refusal | null {
  if (isAbsent(stop) || typeof stop === 'string') return null;
  const valid = Array.isArray(stop) && stop.length <= STOPS_MAX && stop.every((text) => typeof text === 'string');
  return valid ? null : invalidValue('stop', `expected a string, or a list of at most ${STOPS_MAX} strings`);
}

export function stops(stop: unknown): readonly string[] {
  if (isAbsent(stop)) return NO_STOPS;
  const given: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  return given.filter((text): text is string => typeof text === 'string' && text !== '');
}

const NO_STOPS: readonly string[] = [];

function checkLogprobs({ logprobs, top_logprobs }: Record<string, unknown>): Refusal | null {
  if (!isAbsent(logprobs) && typeof logprobs !== 'boolean') {
    return invalidRequest(
      `Invalid type for 'logprobs': expected a boolean, but got a ${typeof logprobs} instead.`,
      'logprobs',
      'invalid_type',
    );
  }
  if (isAbsent(top_logprobs)) return null;
  if (typeof top_logprobs !== 'number' || !Number.isInteger(top_logprobs)) {
    return invalidValue('top_logprobs', 'expected a whole number');
  }
  if (top_logprobs < 0 || top_logprobs > TOP_LOGPROBS_MAX) {
    return invalidValue('top_logprobs', `expected 0 to ${TOP_LOGPROBS_MAX}, but got ${top_logprobs}`);
  }
  return logprobs === true ? null : invalidValue('top_logprobs', "allowed only where 'logprobs' is true");
}

/** null: not asked for. */
export function topLogprobs({ logprobs, top_logprobs }: Record<string, unknown>): number | null {
  if (logprobs !== true) return null;
  return typeof top_logprobs === 'number' ? top_logprobs : 0;
}

function checkStreamOptions(body: Record<string, unknown>): Refusal | null {
  if (isAbsent(body.stream_options) || body.stream === true) return null;
  const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
  return invalidRequest(message, 'stream_options', null);
}

export function includesUsage(body: Record<string, unknown>): boolean {
  return isRecord(body.stream_options) && body.stream_options.include_usage === true;
}

/** @param param where it stands in the body. */
export function checkEffort(effort: unknown, facts: ModelFacts, param: string): Refusal | null {
  if (isAbsent(effort)) return null;
  if (!facts.reasoning) return invalidRequest(`Unrecognized request argument supplied: ${param}`, null, null);
  const supported = effortsOf(facts.name);
  if (supported.some((each) => each === effort)) return null;
  const message = `Unsupported value: '${param}' does not support '${inWords(effort).slice(0, 100)}' with this model. Supported values are: ${listed(supported)}.`;
  return invalidRequest(message, param, 'unsupported_value');
}

/** What the generations of models take: minimal came with gpt-5, none with 5.1, xhigh with 5.1-codex-max and 5.2. Source: Azure's guide to reasoning models. */
function effortsOf(model: string): readonly ReasoningEffort[] {
  if (/^o\d/.test(model)) return ['low', 'medium', 'high'];
  if (/^gpt-5(-|$)/.test(model)) return ['minimal', 'low', 'medium', 'high'];
  if (/^gpt-5\.1/.test(model) && !model.includes('max')) return ['none', 'low', 'medium', 'high'];
  if (/^gpt-[5-9]/.test(model)) return ['none', 'low', 'medium', 'high', 'xhigh'];
  return REASONING_EFFORTS;
}

/** null: the model's default, see {@link defaultEffort}; also for models that do not think. */
export function effortAsked(effort: unknown): ReasoningEffort | null {
  return REASONING_EFFORTS.find((each) => each === effort) ?? null;
}

/** How much a model thinks unasked: from gpt-5.1 on not at all, but for the codex and pro models. Source: as {@link effortsOf}. */
export function defaultEffort({ reasoning, name }: ModelFacts): ReasoningEffort {
  if (!reasoning) return 'none';
  return /^gpt-(5\.[1-9]|[6-9])/.test(name) && !/codex|pro/.test(name) ? 'none' : 'medium';
}

/** Only the default is taken, and only while the model thinks. */
const FIXED: ReadonlyArray<readonly [name: string, value: number]> = [
  ['temperature', 1],
  ['top_p', 1],
  ['presence_penalty', 0],
  ['frequency_penalty', 0],
];

function checkReasoning(body: Record<string, unknown>, facts: ModelFacts): Refusal | null {
  if (!isAbsent(body.max_tokens)) return unsupported('max_tokens', " Use 'max_completion_tokens' instead.");
  if ((effortAsked(body.reasoning_effort) ?? defaultEffort(facts)) === 'none') return null;
  for (const name of ['logprobs', 'top_logprobs', 'logit_bias']) {
    if (!isAbsent(body[name]) && body[name] !== false) return unsupported(name, '');
  }
  for (const [name, only] of FIXED) {
    const value = body[name];
    if (isAbsent(value) || value === only) continue;
    const message = `Unsupported value: '${name}' does not support ${inWords(value)} with this model. Only the default (${only}) value is supported.`;
    return invalidRequest(message, name, 'unsupported_value');
  }
  return null;
}

function unsupported(name: string, wayOut: string): Refusal {
  const message = `Unsupported parameter: '${name}' is not supported with this model.${wayOut}`;
  return invalidRequest(message, name, 'unsupported_parameter');
}

export function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** `'a', 'b', and 'c'`. */
function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
}
