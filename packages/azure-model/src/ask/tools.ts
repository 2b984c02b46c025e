/** Tools of a chat request, also under their old names `functions` and `function_call`, and which of them may be called. */
import { isRecord } from '@spillway/protocol';
import { tokensOfChars } from '../text.ts';
import { invalidRequest, invalidValue, missingParameter, type Refusal } from '../wire/refusals.ts';
import type { Tool, ToolsAsk } from './generation.ts';
import { strictProblem } from './strict.ts';

/** Functions of one request. Source: OpenAI's API reference, `tools`. */
const TOOLS_MAX = 128;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

export interface ToolsRead {
  /** null: there are none, or the model may not call any. */
  readonly tools: ToolsAsk | null;
  /** An approximation: what the definitions add to the prompt (simulator reference S-77). */
  readonly tokens: number;
}

const NONE: ToolsRead = { tools: null, tokens: 0 };

export function readTools(body: Record<string, unknown>): ToolsRead | { readonly refusal: Refusal } {
  const { tools, functions } = body;
  const old = tools === undefined || tools === null;
  const given = old ? functions : tools;
  const choice = old ? body.function_call : body.tool_choice;
  if (given === undefined || given === null) {
    const called = body.tool_choice ?? body.function_call;
    return called === undefined || called === null || called === 'none'
      ? NONE
      : { refusal: onlyWithTools(old && body.tool_choice === undefined ? 'function_call' : 'tool_choice') };
  }
  const param = old ? 'functions' : 'tools';
  if (!Array.isArray(given)) return { refusal: invalidValue(param, 'expected a list') };
  if (given.length > TOOLS_MAX) return { refusal: invalidValue(param, `expected at most ${TOOLS_MAX} of them`) };
  const read: Tool[] = [];
  for (let i = 0; i < given.length; i++) {
    const tool = old ? functionOf(given[i], `functions[${i}]`) : toolOf(given[i], `tools[${i}]`);
    if (tool === null) continue;
    if ('refusal' in tool) return tool;
    read.push(tool);
  }
  const ask = choose(read, choice, body.parallel_tool_calls !== false && !old);
  if (ask !== null && 'refusal' in ask) return ask;
  return { tools: ask, tokens: tokensOfChars(JSON.stringify(given).length) };
}

/** null: a tool that is no function (the service's own), which nothing here calls. */
function toolOf(tool: unknown, at: string): Tool | null | { readonly refusal: Refusal } {
  if (!isRecord(tool)) return { refusal: invalidValue(at, 'expected an object') };
  if (tool.type !== undefined && tool.type !== 'function') return null;
  if (tool.function === undefined) return { refusal: missingParameter(`${at}.function`) };
  return functionOf(tool.function, `${at}.function`);
}

/** The definition of a function: of chat completions, and flat of Responses. */
export function functionOf(given: unknown, at: string): Tool | { readonly refusal: Refusal } {
  if (!isRecord(given)) return { refusal: invalidValue(at, 'expected an object') };
  const { name, description, parameters } = given;
  if (name === undefined) return { refusal: missingParameter(`${at}.name`) };
  if (typeof name !== 'string' || !TOOL_NAME.test(name)) {
    return { refusal: invalidName(`${at}.name`) };
  }
  const problem = given.strict === true ? strictProblem(parameters) : null;
  if (problem !== null) {
    const message = `Invalid schema for function '${name}': ${problem}`;
    return { refusal: invalidRequest(message, `${at}.parameters`, 'invalid_function_parameters') };
  }
  return typeof description === 'string' ? { name, description, parameters } : { name, parameters };
}

function invalidName(param: string): Refusal {
  return invalidRequest(
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.`,
    param,
    'invalid_value',
  );
}

function onlyWithTools(param: string): Refusal {
  const needed = param === 'tool_choice' ? 'tools' : 'functions';
  return invalidRequest(
    `Invalid value for '${param}': '${param}' is only allowed when '${needed}' are specified.`,
    param,
    null,
  );
}

/** @param choice `tool_choice` or `function_call`, as sent. */
export function choose(
  tools: readonly Tool[],
  choice: unknown,
  parallel: boolean,
): ToolsAsk | null | { readonly refusal: Refusal } {
  if (isRecord(choice)) return chooseBy(tools, choice, parallel);
  if (choice === 'required') {
    if (tools.length === 0) return { refusal: onlyWithTools('tool_choice') };
    return { tools, choice: 'required', named: null, parallel };
  }
  if (choice !== undefined && choice !== null && choice !== 'auto' && choice !== 'none') {
    return { refusal: invalidValue('tool_choice', "expected 'none', 'auto', 'required' or an object") };
  }
  return tools.length === 0 || choice === 'none' ? null : { tools, choice: 'auto', named: null, parallel };
}

function chooseBy(
  tools: readonly Tool[],
  choice: Record<string, unknown>,
  parallel: boolean,
): ReturnType<typeof choose> {
  if (choice.type === 'allowed_tools') {
    const allowed = isRecord(choice.allowed_tools) ? choice.allowed_tools : choice;
    const names = new Set((Array.isArray(allowed.tools) ? allowed.tools : []).map(nameIn));
    const kept = tools.filter(({ name }) => names.has(name));
    return kept.length === 0 ? { refusal: noSuchFunction() } : choose(kept, allowed.mode ?? 'auto', parallel);
  }
  const named = nameIn(choice);
  if (tools.every(({ name }) => name !== named)) return { refusal: noSuchFunction() };
  return { tools, choice: 'named', named, parallel };
}

/** Chat completions nest the name in `function`; `function_call` and Responses do not. '' where there is none. */
function nameIn(choice: unknown): string {
  if (!isRecord(choice)) return '';
  const holder = isRecord(choice.function) ? choice.function : choice;
  return typeof holder.name === 'string' ? holder.name : '';
}

function noSuchFunction(): Refusal {
  return invalidValue('tool_choice', 'no such function in `tools`');
}
