/** Reads the body of a chat completion as far as the simulator heeds it; what it does not know it passes over. Source: wire §3.2, §5, §6.2. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import { CONTENT_FILTER_TRIGGER, invalidRequest, invalidValue, missingParameter, type Refusal } from './refusals.ts';
import { HASH_START, hashText, tokensOfChars } from './text.ts';

/** A tool that the model must call. */
export interface ToolAsk {
  readonly name: string;
  readonly parameters: unknown;
  /** named: `tool_choice` names it. required: any of the tools would do. */
  readonly choice: 'named' | 'required';
}

export interface ChatAsk {
  /** What `usage` will say of the prompt. */
  readonly promptTokens: number;
  /** What the prompt counts for on arrival. */
  readonly promptTokensEstimated: number;
  /** Differs where the prompt differs; begins the chance of the answer. */
  readonly promptHash: number;
  /** The prompt holds {@link CONTENT_FILTER_TRIGGER}. */
  readonly filtered: boolean;
  /** Limit of the answer; null where none is set. Tokens, for each choice. */
  readonly answerTokensMax: number | null;
  readonly choices: number;
  readonly stop: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly tool: ToolAsk | null;
}

export type ChatRead =
  | { readonly kind: 'ask'; readonly ask: ChatAsk }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Choices of one request. Source: OpenAI's API reference, `n`. */
const CHOICES_MAX = 128;
const STOPS_MAX = 4;
/** Of each message the end enters the hash: enough to tell prompts apart, cheap for long ones. UTF-16 units. */
const HASHED_CHARS_MAX = 1024;

export function readChat(body: Record<string, unknown>, facts: ModelFacts): ChatRead {
  if (body.messages === undefined) return refused(missingParameter('messages'));
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return refused(invalidValue('messages', 'expected a list with at least one message'));
  }
  const prompt = readMessages(body.messages);
  if (prompt === null) return refused(invalidValue('messages', 'expected objects with a `role`'));
  const problem = checkNumbers(body, facts) ?? checkStop(body.stop);
  if (problem !== null) return refused(problem);
  const tool = readTool(body);
  if (tool === 'unknown') return refused(invalidValue('tool_choice', 'no such function in `tools`'));
  return {
    kind: 'ask',
    ask: {
      ...prompt,
      answerTokensMax: positive(body.max_completion_tokens) ?? positive(body.max_tokens),
      choices: positive(body.n) ?? 1,
      stop: stops(body.stop),
      stream: body.stream === true,
      includeUsage: isRecord(body.stream_options) && body.stream_options.include_usage === true,
      tool,
    },
  };
}

function refused(refusal: Refusal): ChatRead {
  return { kind: 'refused', refusal };
}

type Prompt = Pick<ChatAsk, 'promptTokens' | 'promptTokensEstimated' | 'promptHash' | 'filtered'>;

/**
 * Tokens that frame each message, and the answer: with them a message of 28 characters comes to the 14 tokens that gpt-4o
 * billed for it (simulator reference S-76).
 */
const MESSAGE_TOKENS = 4;
const ANSWER_TOKENS = 3;

function readMessages(messages: readonly unknown[]): Prompt | null {
  let chars = 0;
  let promptTokens = ANSWER_TOKENS;
  let promptHash = HASH_START;
  let filtered = false;
  const take = (text: string): void => {
    chars += text.length;
    promptTokens += tokensOfChars(text.length);
    promptHash = hashText(text, promptHash ^ text.length, Math.max(0, text.length - HASHED_CHARS_MAX));
    filtered ||= text.includes(CONTENT_FILTER_TRIGGER);
  };
  for (const message of messages) {
    if (!isRecord(message) || typeof message.role !== 'string') return null;
    promptTokens += MESSAGE_TOKENS;
    if (typeof message.content === 'string') take(message.content);
    else if (Array.isArray(message.content)) takeParts(message.content, take);
  }
  return { promptTokens, promptTokensEstimated: tokensOfChars(chars), promptHash, filtered };
}

/** Text parts only: what pictures and sound cost is not simulated yet. */
function takeParts(parts: readonly unknown[], take: (text: string) => void): void {
  for (const part of parts) {
    if (isRecord(part) && typeof part.text === 'string') take(part.text);
  }
}

function checkNumbers(body: Record<string, unknown>, facts: ModelFacts): Refusal | null {
  for (const name of ['max_tokens', 'max_completion_tokens', 'n']) {
    const value = body[name];
    if (value !== undefined && value !== null && positive(value) === null) {
      return invalidValue(name, 'expected a whole number of 1 or more');
    }
  }
  if ((positive(body.n) ?? 1) > CHOICES_MAX) return invalidValue('n', `expected at most ${CHOICES_MAX}`);
  if (facts.reasoning && positive(body.max_tokens) !== null) {
    return invalidRequest(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  }
  return null;
}

function checkStop(stop: unknown): Refusal | null {
  if (stop === undefined || stop === null || typeof stop === 'string') return null;
  const valid = Array.isArray(stop) && stop.length <= STOPS_MAX && stop.every((text) => typeof text === 'string');
  return valid ? null : invalidValue('stop', `expected a string, or a list of at most ${STOPS_MAX} strings`);
}

function stops(stop: unknown): readonly string[] {
  const given: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  return given.filter((text): text is string => typeof text === 'string' && text !== '');
}

/** null: the model answers in words, as it also may where `tool_choice` is `auto`. */
function readTool(body: Record<string, unknown>): ToolAsk | 'unknown' | null {
  const tools: readonly unknown[] = Array.isArray(body.tools) ? body.tools : [];
  const choice = body.tool_choice;
  if (choice === 'required') {
    const first = tools.map(functionOf).find((tool) => tool !== null);
    return first === undefined || first === null ? 'unknown' : { ...first, choice: 'required' };
  }
  if (!isRecord(choice)) return null;
  const name = isRecord(choice.function) ? choice.function.name : undefined;
  const named = tools.map(functionOf).find((tool) => tool !== null && tool.name === name);
  return named === undefined || named === null ? 'unknown' : { ...named, choice: 'named' };
}

function functionOf(tool: unknown): Pick<ToolAsk, 'name' | 'parameters'> | null {
  if (!isRecord(tool) || !isRecord(tool.function) || typeof tool.function.name !== 'string') return null;
  return { name: tool.function.name, parameters: tool.function.parameters };
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}
