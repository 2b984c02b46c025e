/**
 * Sizes of prompts that differ from call to call, as people write them: the forms of `spillway plan capacity`, lists, mixes of shapes. What
 * they say becomes a list that calls take in turns, so that a run has the distribution exactly, and the same one each time.
 */
import { seededUnit } from '@spillway/clock';
import type { PromptSize } from '../spec.ts';
import { SHAPES } from './shapes.ts';
import type { Problems } from './words-of.ts';
import { readNumber } from './words-of.ts';

/** Sizes of one run: as many as there are different texts (messages.ts). */
export const SIZES_MAX = 64;
/** The longest prompt. Tokens. */
export const PROMPT_TOKENS_MAX = 2_000_000;
/** The shortest that a distribution gives: less has no room for the instruction that every prompt ends with. Tokens. */
export const PROMPT_TOKENS_MIN = 64;

const FORMS = 'a number (800), a list (200,800x3,4000), uniform:100-300 or lognormal:mean=800,p95=2000';

/** @returns as they are taken in turns; one where all are alike; null where the text is none of the forms, which has been told. */
export function contextSizes(problems: Problems, text: string): readonly number[] | null {
  const uniform = /^uniform:(\d+)-(\d+)$/.exec(text);
  if (uniform !== null) return uniformSizes(problems, text, Number(uniform[1]), Number(uniform[2]));
  const lognormal = /^lognormal:mean=(\d+(?:\.\d+)?),p95=(\d+(?:\.\d+)?)$/.exec(text);
  if (lognormal !== null) return lognormalSizes(problems, text, Number(lognormal[1]), Number(lognormal[2]));
  if (/^\d+(?:x\d+)?(?:,\d+(?:x\d+)?)+$/.test(text)) return listSizes(problems, text);
  if (/^[a-z]+:/.test(text) || text.includes(',')) {
    problems.add(`--context-tokens ${text}: is none of ${FORMS}`);
    return null;
  }
  return [readNumber(problems, '--context-tokens', text, { min: 1, max: PROMPT_TOKENS_MAX, isWhole: true })];
}

function uniformSizes(problems: Problems, text: string, from: number, to: number): readonly number[] | null {
  if (from <= to && to <= PROMPT_TOKENS_MAX) return drawn((unit) => from + unit * (to - from));
  problems.add(`--context-tokens ${text}: does not rise, or goes beyond ${PROMPT_TOKENS_MAX}; the smaller one first`);
  return null;
}

/** Of a standard normal distribution, 95 % lie below. */
const Z95 = 1.6448536269514722;

/** ln(p95 / mean) = z σ − σ²/2: the smaller of the two solutions has the tail that is meant. */
function lognormalSizes(problems: Problems, text: string, mean: number, p95: number): readonly number[] | null {
  const left = Z95 ** 2 - 2 * Math.log(p95 / mean);
  if (!(mean > 0 && p95 > mean && p95 <= PROMPT_TOKENS_MAX && left >= 0)) {
    const most = Math.exp(Z95 ** 2 / 2).toFixed(2);
    problems.add(
      `--context-tokens ${text}: there is no such distribution; p95 is above the mean, up to ${most} times it`,
    );
    return null;
  }
  const sigma = Z95 - Math.sqrt(left);
  const mu = Math.log(mean) - sigma ** 2 / 2;
  return drawn((unit) => Math.exp(mu + sigma * normalAt(unit)));
}

/**
 * The value of a standard normal distribution below which a share of it lies, within 0.0005.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
 */
function normalAt(share: number): number {
  if (share > 0.5) return -normalAt(1 - share);
  const t = Math.sqrt(-2 * Math.log(share));
  const above = 2.515517 + 0.802853 * t + 0.010328 * t ** 2;
  const below = 1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3;
  return above / below - t;
}

/** Evenly spaced shares of the distribution, in an order that does not rise: a run that is cut short has all sizes too. */
function drawn(at: (share: number) => number): readonly number[] {
  const sizes = Array.from({ length: SIZES_MAX }, (_, i) => {
    const tokens = Math.round(at((i + 0.5) / SIZES_MAX));
    return Math.min(PROMPT_TOKENS_MAX, Math.max(PROMPT_TOKENS_MIN, tokens));
  });
  const unit = seededUnit(1);
  return sizes
    .map((tokens) => ({ tokens, order: unit() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ tokens }) => tokens);
}

/** `200,800x3`: three times as many of 800. */
function listSizes(problems: Problems, text: string): readonly number[] | null {
  const parts = text.split(',').map((part) => {
    const [size = '', times = '1'] = part.split('x');
    const tokens = readNumber(problems, '--context-tokens', size, { min: 1, max: PROMPT_TOKENS_MAX, isWhole: true });
    return { of: tokens, times: Number(times) };
  });
  return inTurns(problems, `--context-tokens ${text}`, parts);
}

/** `mix:balanced=3,context=1,4000/100=2`: shapes by name, or prompt and answer in tokens; how many of each. */
export function mixOf(problems: Problems, text: string): readonly PromptSize[] | null {
  const parts = text
    .replace(/^mix:/, '')
    .split(',')
    .map((part) => {
      const [name = '', times = '1'] = part.split('=');
      return { of: sizeNamed(name), times: /^\d+$/.test(times) ? Number(times) : 0 };
    });
  const known = parts.flatMap(({ of, times }) => (of === null ? [] : [{ of, times }]));
  if (known.length === parts.length) return inTurns(problems, `--shape-profile ${text}`, known);
  problems.add(
    `--shape-profile ${text}: has a part that is none of ${Object.keys(SHAPES).join(', ')} or PROMPT/ANSWER in tokens; write mix:balanced=3,context=1,4000/100=2`,
  );
  return null;
}

function sizeNamed(name: string): PromptSize | null {
  const [, prompt, answer] = /^(\d{1,7})\/(\d{1,7})$/.exec(name) ?? [];
  if (prompt !== undefined && answer !== undefined) {
    const size = { contextTokens: Number(prompt), answerTokensMax: Number(answer) };
    return size.contextTokens >= 1 && size.contextTokens <= PROMPT_TOKENS_MAX && size.answerTokensMax >= 1
      ? size
      : null;
  }
  return Object.entries(SHAPES).find(([shape]) => shape === name)?.[1] ?? null;
}

interface Part<Of> {
  readonly of: Of;
  readonly times: number;
}

/** Spread out evenly: of 3 and 1 not three and then one, but one in the middle. */
function inTurns<Of>(problems: Problems, name: string, parts: readonly Part<Of>[]): readonly Of[] | null {
  const total = parts.reduce((sum, { times }) => sum + times, 0);
  if (parts.some(({ times }) => times < 1) || total > SIZES_MAX) {
    problems.add(`${name}: each part is there at least once, all together at most ${SIZES_MAX} times, not ${total}`);
    return null;
  }
  return parts
    .flatMap(({ of, times }) => Array.from({ length: times }, (_, i) => ({ of, at: (i + 0.5) / times })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ of }) => of);
}
