/** Makes up the answers to a request: for each choice the tokens in the order in which they would be generated. */
import type { GenerationAsk } from '../ask/generation.ts';
import type { Ids } from '../ids.ts';
import type { Call, Choice, Finish } from './choice.ts';
import { usualTokens } from './length.ts';
import { logprobsOf } from './logprobs.ts';
import { isPlain, piecesOf } from './pieces.ts';
import { type Answering, type Plan, planOf } from './plan.ts';
import { type Unit, writeProse } from './prose.ts';
import { sampleOf } from './schema.ts';
import { thoughtTokens } from './thoughts.ts';
import { argumentsOf } from './tool-choice.ts';
import { lastUserText } from './turns.ts';
import { UserWords } from './wording.ts';

export interface Composing extends Answering {
  readonly ids: Ids;
  /** Chance of this answer. */
  readonly unit: Unit;
}

export function composeAnswers(ask: GenerationAsk, composing: Composing): readonly Choice[] {
  const choices: Choice[] = [];
  const plan = planOf(ask, composing);
  for (let i = 0; i < ask.choices; i++) choices.push(composed(plan, ask, composing));
  return choices;
}

function composed(plan: Plan, ask: GenerationAsk, composing: Composing): Choice {
  const { facts, unit } = composing;
  const max = Math.min(ask.answerTokensMax ?? facts.answerTokensMax, facts.answerTokensMax);
  const thoughts = thoughtTokens(ask, facts, unit);
  if (thoughts >= max)
    return { ...EMPTY, reasoningTokens: max, finish: 'length', logprobs: ask.topLogprobs === null ? null : [] };
  const room = max - thoughts;
  const drafted = draft(plan, ask, composing, room);
  const stopped = stoppedAt(filtered(drafted, ask, unit), ask.stop);
  return {
    ...stopped,
    reasoningTokens: thoughts,
    logprobs: ask.topLogprobs === null ? null : logprobsOf(stopped.tokens, ask.topLogprobs, unit),
  };
}

const EMPTY: Choice = { tokens: [], plain: true, calls: [], finish: 'stop', reasoningTokens: 0, logprobs: null };

function draft(plan: Plan, ask: GenerationAsk, composing: Composing, room: number): Choice {
  switch (plan.kind) {
    case 'prose': {
      const { unit, settings } = composing;
      const length = plan.length ?? { unit: 'tokens', count: usualTokens(settings.tokensMedian, unit) };
      return { ...EMPTY, ...writeProse(unit, length, room) };
    }
    case 'text':
      return spoken(plan.text, room);
    case 'object':
      return spoken(objectText(plan, ask, composing), room);
    case 'call':
      return called([{ name: plan.name, arguments: plan.arguments }], 'tool_calls', composing.ids, room);
    case 'calls': {
      const calls = plan.calls.map((call) => ({
        name: call.tool.name,
        arguments: argumentsOf(call, ask, composing.unit),
      }));
      // A choice that names its function ends with `stop`, one that only requires a call with `tool_calls`.
      // Source: answers of OpenAI's service compared in vllm-project/vllm #25054.
      return called(calls, ask.tools?.choice === 'named' ? 'stop' : 'tool_calls', composing.ids, room);
    }
  }
}

function spoken(text: string, room: number): Choice {
  const tokens = piecesOf(text);
  const plain = isPlain(text);
  if (tokens.length <= room) return { ...EMPTY, tokens, plain };
  return { ...EMPTY, tokens: tokens.slice(0, room), plain, finish: 'length' };
}

function objectText(plan: Plan & { kind: 'object' }, { turns }: GenerationAsk, { unit }: Composing): string {
  const answer = plan.text ?? writeProse(unit, { unit: 'sentences', count: 1 }, null).tokens.join('');
  return JSON.stringify(sampleOf(plan.schema, unit, new UserWords(lastUserText(turns), 0, answer)));
}

interface NamedCall {
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

/** A limit cuts the arguments as it cuts text; calls beyond it are not made. */
function called(planned: readonly NamedCall[], finish: Finish, ids: Ids, room: number): Choice {
  const calls: Call[] = [];
  let left = room;
  for (const call of planned) {
    if (left <= 0) break;
    const tokens = piecesOf(call.arguments);
    calls.push({ id: ids.toolCall(), name: call.name, tokens: tokens.slice(0, left) });
    left -= tokens.length;
  }
  const cut = left < 0 || calls.length < planned.length;
  return { ...EMPTY, calls, finish: cut ? 'length' : finish };
}

/** Where the prompt asks for it, the content filter breaks a text off somewhere inside. */
function filtered(choice: Choice, { prompt }: GenerationAsk, unit: Unit): Choice {
  if (prompt.verdict !== 'answerBlocked' || choice.tokens.length === 0) return choice;
  const kept = Math.floor(unit() * choice.tokens.length);
  return { ...choice, tokens: choice.tokens.slice(0, kept), finish: 'content_filter' };
}

function stoppedAt(choice: Choice, stop: readonly string[]): Choice {
  if (stop.length === 0) return choice;
  const tokens = upToStop(choice.tokens, stop);
  return tokens === choice.tokens ? choice : { ...choice, tokens, finish: 'stop' };
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
