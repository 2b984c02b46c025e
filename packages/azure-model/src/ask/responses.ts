/** Reads the body of a request to the Responses API. Source: wire §1.4, §1.6, §5.5; OpenAI's API reference for fields and their defaults. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import { invalidRequest, invalidValue, type Refusal } from '../wire/refusals.ts';
import { type Before, conversationBefore, isAbsent } from './before.ts';
import { promptOf } from './chat.ts';
import { readFileSearch } from './file-search.ts';
import { formatTokens, readFormat } from './format.ts';
import type { AskRead, GenerationAsk, KeepAsk, Refused, Tool, Turn } from './generation.ts';
import { type Held, NOTHING_HELD } from './held.ts';
import { type InputRead, readInput } from './response-items.ts';
import { checkEffort, checkSampling, defaultEffort, effortAsked, positive } from './sampling.ts';
import { choose, functionOf, type ToolsRead } from './tools.ts';

/** Least value of `max_output_tokens`. */
const ANSWER_TOKENS_MIN = 16;
const TOOLS_MAX = 128;

export function readResponse(body: Record<string, unknown>, facts: ModelFacts, held: Held = NOTHING_HELD): AskRead {
  const before = conversationBefore(body, held);
  if ('refusal' in before) return before;
  const input = readInput(body.input, before.items, held);
  if ('refusal' in input) return refused(input.refusal);
  const problem = checkNumbers(body, facts) ?? checkRest(body) ?? checkBackground(body);
  if (problem !== null) return refused(problem);
  const tools = readFlatTools(body);
  if ('refusal' in tools) return refused(tools.refusal);
  const search = readFileSearch(body, input.turns, held);
  if ('refusal' in search) return refused(search.refusal);
  const turns = [...instructionsOf(body), ...search.turns, ...input.turns];
  const text = isRecord(body.text) ? body.text : {};
  const format = readFormat(text.format, turns, 'text.format');
  if ('refusal' in format) return refused(format.refusal);
  const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
  const ask: GenerationAsk = {
    operation: 'responses',
    prompt: promptOf(turns, { otherTokens: input.otherTokens + tools.tokens + formatTokens(format) }),
    turns,
    answerTokensMax: positive(body.max_output_tokens),
    choices: 1,
    generated: 1,
    stop: [],
    stream: body.stream === true,
    includeUsage: false,
    tools: tools.tools,
    format,
    topLogprobs: includes(body, 'message.output_text.logprobs') ? topLogprobsOf(body) : null,
    reasoningEffort: effortAsked(reasoning.effort),
    echo: {
      fields: repeated(body, facts, before.conversation),
      encryptedReasoning: includes(body, 'reasoning.encrypted_content'),
      padded: !isRecord(body.stream_options) || body.stream_options.include_obfuscation !== false,
    },
  };
  const searched = search.searched === null ? ask : { ...ask, searched: search.searched };
  return { kind: 'ask', ask: body.store === false ? searched : { ...searched, keep: keepOf(body, input, before) } };
}

function refused(refusal: Refusal): Refused {
  return { kind: 'refused', refusal };
}

function keepOf(body: Record<string, unknown>, { items }: InputRead, before: Before): KeepAsk {
  const { previous, conversation } = before;
  const history = conversation === null ? null : JSON.stringify(before.items);
  const background = body.background === true;
  return { kind: 'response', input: JSON.stringify(items), previous, conversation, history, background };
}

function instructionsOf({ instructions }: Record<string, unknown>): readonly Turn[] {
  return typeof instructions === 'string' ? [{ role: 'system', text: instructions }] : [];
}

function checkNumbers(body: Record<string, unknown>, facts: ModelFacts): Refusal | null {
  const { temperature, top_p, top_logprobs, max_output_tokens: max } = body;
  const effort = isRecord(body.reasoning) ? body.reasoning.effort : null;
  const logprobs = !isAbsent(top_logprobs) || includes(body, 'message.output_text.logprobs') ? true : null;
  return (
    checkEffort(effort, facts, 'reasoning.effort') ??
    checkSampling({ temperature, top_p, top_logprobs, logprobs, reasoning_effort: effort }, facts) ??
    checkMax(max)
  );
}

function checkMax(max: unknown): Refusal | null {
  if (isAbsent(max)) return null;
  const param = 'max_output_tokens';
  if (typeof max !== 'number' || !Number.isInteger(max)) return invalidValue(param, 'expected a whole number');
  if (max >= ANSWER_TOKENS_MIN) return null;
  return invalidRequest(
    `Invalid '${param}': integer below minimum value. Expected a value >= ${ANSWER_TOKENS_MIN}, but got ${max} instead.`,
    param,
    'integer_below_min_value',
  );
}

function checkRest({ instructions, metadata, tools }: Record<string, unknown>): Refusal | null {
  if (!isAbsent(instructions) && typeof instructions !== 'string')
    return invalidValue('instructions', 'expected a text');
  if (!isAbsent(metadata) && !isRecord(metadata)) return invalidValue('metadata', 'expected an object');
  return isAbsent(tools) || Array.isArray(tools) ? null : invalidValue('tools', 'expected a list');
}

/** Whoever asks for an answer later needs it kept. Code and parameter are those of Azure's contract (azure-sdk); the sentence is a guess. */
function checkBackground({ background, store }: Record<string, unknown>): Refusal | null {
  if (!isAbsent(background) && typeof background !== 'boolean') {
    return invalidValue('background', 'expected true or false');
  }
  if (background !== true || store !== false) return null;
  const message =
    "Background mode needs the response to be stored: 'background' cannot be true where 'store' is false.";
  return invalidRequest(message, 'background', 'unsupported_parameter');
}

/** Functions stand flat in the list. The service's own tools are repeated in the answer, and never called. */
function readFlatTools(body: Record<string, unknown>): ToolsRead | { readonly refusal: Refusal } {
  const given: readonly unknown[] = Array.isArray(body.tools) ? body.tools : [];
  if (given.length > TOOLS_MAX) return { refusal: invalidValue('tools', `expected at most ${TOOLS_MAX} of them`) };
  const functions: Tool[] = [];
  for (let i = 0; i < given.length; i++) {
    const tool = given[i];
    if (isRecord(tool) && tool.type !== 'function' && typeof tool.type === 'string') continue;
    const read = functionOf(tool, `tools[${i}]`);
    if ('refusal' in read) return read;
    functions.push(read);
  }
  const tokens = given.length === 0 ? 0 : Math.ceil(JSON.stringify(given).length / 4);
  if (functions.length === 0 && given.length > 0) return { tools: null, tokens };
  const tools = choose(functions, choiceOf(body.tool_choice), body.parallel_tool_calls !== false);
  return tools !== null && 'refusal' in tools ? tools : { tools, tokens };
}

/** A tool of the service's own cannot be called here: the model is as free as without the choice. */
function choiceOf(choice: unknown): unknown {
  const ownTool = isRecord(choice) && choice.type !== 'function' && choice.type !== 'allowed_tools';
  return ownTool ? 'auto' : choice;
}

function includes({ include }: Record<string, unknown>, what: string): boolean {
  return Array.isArray(include) && include.includes(what);
}

function topLogprobsOf({ top_logprobs }: Record<string, unknown>): number {
  return typeof top_logprobs === 'number' ? top_logprobs : 0;
}

/** What the answer repeats of the request, with the defaults that the service takes. */
function repeated(
  body: Record<string, unknown>,
  facts: ModelFacts,
  conversation: string | null,
): Record<string, unknown> {
  const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
  const text = isRecord(body.text) ? body.text : {};
  return {
    background: body.background ?? false,
    ...(conversation === null ? {} : { conversation: { id: conversation } }),
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    metadata: body.metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: {
      effort: facts.reasoning ? (effortAsked(reasoning.effort) ?? defaultEffort(facts)) : null,
      summary: reasoning.summary ?? null,
    },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { ...text, format: text.format ?? { type: 'text' }, verbosity: text.verbosity ?? 'medium' },
    tool_choice: body.tool_choice ?? 'auto',
    tools: toolsRepeated(body.tools),
    top_logprobs: topLogprobsOf(body),
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null,
  };
}

/** Functions are strict where nothing is said. */
function toolsRepeated(tools: unknown): readonly unknown[] {
  if (!Array.isArray(tools)) return [];
  const given: readonly unknown[] = tools;
  return given.map((tool) =>
    isRecord(tool) && tool.type === 'function' ? { ...tool, strict: tool.strict ?? true } : tool,
  );
}
