/** Makes up the answer to a chat completion: for each choice the tokens in the order in which they would be generated. */
import type { ChatAsk, ToolAsk } from './chat-request.ts';
import type { Ids } from './ids.ts';
import { type Unit, writeProse } from './prose.ts';
import { sampleOf } from './schema.ts';

export type Finish = 'stop' | 'length' | 'tool_calls';

export interface Choice {
  /** Pieces of the text, or of the tool call's arguments. */
  readonly tokens: readonly string[];
  readonly finish: Finish;
  /** The call that the tokens are the arguments of; null for text. */
  readonly call: { readonly id: string; readonly name: string } | null;
  /** The tokens can stand in a JSON string as they are. */
  readonly plain: boolean;
}

export function answerChat(ask: ChatAsk, ids: Ids, unit: Unit): readonly Choice[] {
  const choices: Choice[] = [];
  for (let i = 0; i < ask.choices; i++) {
    choices.push(ask.tool === null ? text(ask, unit) : toolCall(ask.tool, ask.answerTokensMax, ids, unit));
  }
  return choices;
}

export function completionTokens(choices: readonly Choice[]): number {
  let tokens = 0;
  for (const choice of choices) tokens += choice.tokens.length;
  return tokens;
}

function text(ask: ChatAsk, unit: Unit): Choice {
  const prose = writeProse(unit, ask.answerTokensMax);
  const tokens = ask.stop.length === 0 ? prose.tokens : upToStop(prose.tokens, ask.stop);
  return { tokens, finish: tokens === prose.tokens ? prose.finish : 'stop', call: null, plain: true };
}

/** The tokens before the first stop sequence, the last of them cut; the same list where none occurs. */
function upToStop(tokens: readonly string[], stop: readonly string[]): readonly string[] {
  const text = tokens.join('');
  const found = stop.map((sequence) => text.indexOf(sequence)).filter((at) => at >= 0);
  if (found.length === 0) return tokens;
  let left = Math.min(...found);
  const kept: string[] = [];
  for (const token of tokens) {
    if (left <= 0) break;
    kept.push(token.slice(0, left));
    left -= token.length;
  }
  return kept;
}

/** Characters of JSON that make a token here. */
const ARGUMENT_TOKEN = /.{1,4}/gsu;

/**
 * A choice that names its function ends with `stop`, one that only requires a call with `tool_calls`.
 * Source: answers of OpenAI's service compared in vllm-project/vllm #25054.
 */
function toolCall(tool: ToolAsk, tokensMax: number | null, ids: Ids, unit: Unit): Choice {
  const tokens = JSON.stringify(sampleOf(tool.parameters, unit)).match(ARGUMENT_TOKEN) ?? [];
  const cut = tokensMax !== null && tokens.length > tokensMax;
  return {
    tokens: cut ? tokens.slice(0, tokensMax) : tokens,
    finish: cut ? 'length' : tool.choice === 'named' ? 'stop' : 'tool_calls',
    call: { id: ids.toolCall(), name: tool.name },
    plain: false,
  };
}
