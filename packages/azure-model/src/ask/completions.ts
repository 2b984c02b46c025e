/** Reads the body of a completion (the older operation: a text goes on). Source: wire §1.2, §5.4, §6.2; simulator reference R-02, S-35. */
import type { ModelFacts } from '@spillway/protocol';
import { HASH_START, hashText, tokensOfChars } from '../text.ts';
import { invalidValue, operationNotSupported, type Refusal } from '../wire/refusals.ts';
import { promptOf } from './chat.ts';
import type { AskRead, GenerationAsk, Turn } from './generation.ts';
import { checkSampling, includesUsage, positive, stops } from './sampling.ts';

/** Of an answer that sets no limit. Tokens. Source: OpenAI's API reference, `max_tokens` of completions. */
const ANSWER_TOKENS_DEFAULT = 16;
const LOGPROBS_MAX = 5;
const BEST_OF_MAX = 20;
/** Answers of one request, over all its prompts. */
const CHOICES_MAX = 128;
/** What a prompt of token numbers is taken for, which has no text here. */
const CHARS_PER_TOKEN = 4;

/** gpt-35-turbo took both operations in its first version, and simulators of Azure answer them. */
const COMPLETION_MODELS = new Set(['gpt-35-turbo', 'gpt-35-turbo-instruct', 'davinci-002', 'babbage-002']);

export function servesCompletions({ name }: ModelFacts): boolean {
  return COMPLETION_MODELS.has(name.replace('gpt-3.5', 'gpt-35'));
}

/** The other older models know nothing of messages. */
export function servesChat(facts: ModelFacts): boolean {
  return facts.kind === 'chat' && (!servesCompletions(facts) || facts.name === 'gpt-35-turbo');
}

export function readCompletion(body: Record<string, unknown>, facts: ModelFacts): AskRead {
  if (!servesCompletions(facts)) return refused(operationNotSupported('completions', facts.name));
  const prompts = promptsOf(body.prompt);
  if (prompts === null) return refused(invalidValue('prompt', 'expected a text, texts, tokens or lists of tokens'));
  const problem = checkCounts(body) ?? checkSampling(samplingOf(body), facts);
  if (problem !== null) return refused(problem);
  const n = positive(body.n) ?? 1;
  if (n * prompts.length > CHOICES_MAX)
    return refused(invalidValue('n', `at most ${CHOICES_MAX} answers to all prompts`));
  return { kind: 'ask', ask: askOf(body, prompts, n) };
}

function refused(refusal: Refusal): AskRead {
  return { kind: 'refused', refusal };
}

/** The fields that completions have in common with chat; 0 as a limit is of completions alone, and `logprobs` is a number. */
function samplingOf(body: Record<string, unknown>): Record<string, unknown> {
  const { max_tokens, logprobs, top_logprobs, max_completion_tokens, reasoning_effort, ...rest } = body;
  return { ...rest, max_tokens: max_tokens === 0 ? null : max_tokens };
}

function checkCounts({ logprobs, best_of, n, stream, suffix }: Record<string, unknown>): Refusal | null {
  if (!isAbsent(logprobs) && !isCount(logprobs, 0, LOGPROBS_MAX)) {
    return invalidValue('logprobs', `expected a whole number from 0 to ${LOGPROBS_MAX}`);
  }
  if (!isAbsent(suffix) && typeof suffix !== 'string') return invalidValue('suffix', 'expected a text');
  if (isAbsent(best_of)) return null;
  const least = positive(n) ?? 1;
  if (!isCount(best_of, least, BEST_OF_MAX)) {
    return invalidValue('best_of', `expected a whole number from 'n' (${least}) to ${BEST_OF_MAX}`);
  }
  return stream === true && best_of > least ? invalidValue('best_of', "above 'n' it cannot be streamed") : null;
}

function isCount(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function askOf(body: Record<string, unknown>, prompts: readonly PromptText[], n: number): GenerationAsk {
  const turns = prompts.map(({ text }): Turn => ({ role: 'user', text }));
  const suffix = typeof body.suffix === 'string' ? body.suffix : '';
  const chars = prompts.map((prompt) => prompt.chars);
  if (suffix !== '') chars.push(suffix.length);
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.tokens, tokensOfChars(suffix.length));
  const { verdict, hash } = promptOf(turns);
  return {
    operation: 'completions',
    prompt: { tokens, chars, hash: suffix === '' ? hash : hashText(suffix, hash ^ HASH_START), verdict },
    turns,
    answerTokensMax: body.max_tokens === 0 ? 0 : (positive(body.max_tokens) ?? ANSWER_TOKENS_DEFAULT),
    choices: n * prompts.length,
    generated: (positive(body.best_of) ?? n) * prompts.length,
    stop: stops(body.stop),
    stream: body.stream === true,
    includeUsage: includesUsage(body),
    tools: null,
    format: { kind: 'text' },
    topLogprobs: typeof body.logprobs === 'number' ? body.logprobs : null,
    reasoningEffort: null,
    echo: { echo: body.echo === true },
  };
}

interface PromptText {
  /** Of token numbers: the numbers, since nothing here knows their text. */
  readonly text: string;
  readonly tokens: number;
  /** For the arrival estimates. */
  readonly chars: number;
}

/** Where there is none, the model begins a new document. */
const NO_PROMPT: PromptText = { text: '', tokens: 1, chars: 0 };

function promptsOf(prompt: unknown): readonly PromptText[] | null {
  if (isAbsent(prompt)) return [NO_PROMPT];
  if (isTokens(prompt)) return [tokenPrompt(prompt)];
  if (!Array.isArray(prompt)) return typeof prompt === 'string' ? [promptText(prompt)] : null;
  const given: readonly unknown[] = prompt;
  if (given.length === 0 || given.length > CHOICES_MAX) return null;
  const prompts: PromptText[] = [];
  for (const each of given) {
    if (typeof each === 'string') prompts.push(promptText(each));
    else if (isTokens(each)) prompts.push(tokenPrompt(each));
    else return null;
  }
  return prompts;
}

function promptText(text: string): PromptText {
  return text === '' ? NO_PROMPT : { text, tokens: tokensOfChars(text.length), chars: text.length };
}

function tokenPrompt(tokens: readonly number[]): PromptText {
  return { text: tokens.join(' '), tokens: tokens.length, chars: tokens.length * CHARS_PER_TOKEN };
}

function isTokens(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token));
}
