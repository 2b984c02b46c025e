/** Reads the body of a request to the Responses API. Source: wire §1.4, §1.6, §5.5; OpenAI's API reference for fields and their defaults. */
import { isRecord, type ModelFacts } from '@spillway/protocol';
import { invalidRequest, invalidValue, previousResponseNotFound, type Refusal } from '../wire/refusals.ts';
import { promptOf } from './chat.ts';
import { formatTokens, readFormat } from './format.ts';
import type { AskRead, Tool, Turn } from './generation.ts';
import { readInput } from './response-items.ts';
import { checkEffort, checkSampling, defaultEffort, effortAsked, positive } from './sampling.ts';
import { choose, functionOf, type ToolsRead } from './tools.ts';

/** Least value of `max_output_tokens`. */
const ANSWER_TOKENS_MIN = 16;
const TOOLS_MAX = 128;

/** What a resource holds of earlier responses. */
interface KeptResponses {
  /** The conversation up to that answer and with it; null for an id that is not held here. */
  turnsOf(id: string): readonly Turn[] | null;
}

const NOTHING_KEPT: KeptResponses = { turnsOf: () => null };

export function readResponse(
  body: Record<string, unknown>,
  facts: ModelFacts,
  kept: KeptResponses = NOTHING_KEPT,
): AskRead {
  const before = turnsBefore(body, kept);
  if ('refusal' in before) return refused(before.refusal);
  const input = readInput(body.input);
  if ('refusal' in input) return refused(input.refusal);
  const turns = [...instructionsOf(body), ...before.turns, ...input.turns];
  const problem = checkNumbers(body, facts) ?? checkRest(body);
  if (problem !== null) return refused(problem);
  const tools = readFlatTools(body);
  if ('refusal' in tools) return refused(tools.refusal);
  const text = isRecord(body.text) ? body.text : {};
  const format = readFormat(text.format, turns, 'text.format');
  if ('refusal' in format) return refused(format.refusal);
  const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
  return {
    kind: 'ask',
    ask: {
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
        fields: repeated(body, facts),
        encryptedReasoning: includes(body, 'reasoning.encrypted_content'),
        padded: !isRecord(body.stream_options) || body.stream_options.include_obfuscation !== false,
      },
    },
  };
}

function refused(refusal: Refusal): AskRead {
  return { kind: 'refused', refusal };
}

function turnsBefore(
  { previous_response_id: id }: Record<string, unknown>,
  kept: KeptResponses,
): { readonly turns: readonly Turn[] } | { readonly refusal: Refusal } {
  if (isAbsent(id)) return { turns: [] };
  if (typeof id !== 'string') return { refusal: invalidValue('previous_response_id', 'expected a text') };
  const turns = kept.turnsOf(id);
  return turns === null ? { refusal: previousResponseNotFound(id) } : { turns };
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

function checkRest({ instructions, metadata, background, tools }: Record<string, unknown>): Refusal | null {
  if (!isAbsent(instructions) && typeof instructions !== 'string')
    return invalidValue('instructions', 'expected a text');
  if (!isAbsent(metadata) && !isRecord(metadata)) return invalidValue('metadata', 'expected an object');
  if (!isAbsent(tools) && !Array.isArray(tools)) return invalidValue('tools', 'expected a list');
  // Its answer would be asked for later, by its id, and nothing is kept.
  return background === true ? invalidValue('background', 'true is not simulated; leave it out') : null;
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
function repeated(body: Record<string, unknown>, facts: ModelFacts): Record<string, unknown> {
  const reasoning = isRecord(body.reasoning) ? body.reasoning : {};
  const text = isRecord(body.text) ? body.text : {};
  return {
    background: false,
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

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
