/** What an answer will be, decided from the request alone: a scripted text, calls of tools, an object, an answer from sources, prose. */
import type { ModelFacts } from '@spillway/protocol';
import type { GenerationAsk } from '../ask/generation.ts';
import { answerFrom, followUpsFrom } from './grounded.ts';
import { askedLength, type Length } from './length.ts';
import { scriptedRule } from './script.ts';
import { queryFrom, wantsQuery } from './search-query.ts';
import type { AnswerSettings } from './settings.ts';
import { groundsOf } from './sources.ts';
import { type PlannedCall, plannedCalls } from './tool-choice.ts';
import { toldResult } from './tool-result.ts';
import { lastUserText } from './turns.ts';

export type Plan =
  | { readonly kind: 'calls'; readonly calls: readonly PlannedCall[] }
  /** A call given word for word. */
  | { readonly kind: 'call'; readonly name: string; readonly arguments: string }
  | { readonly kind: 'text'; readonly text: string }
  /** @property text what the answer would be in words; null for prose. */
  | { readonly kind: 'object'; readonly schema: unknown; readonly text: string | null }
  /** @property length null: as answers usually are. */
  | { readonly kind: 'prose'; readonly length: Length | null };

/** Who answers, and how it is set. */
export interface Answering {
  readonly settings: AnswerSettings;
  readonly facts: ModelFacts;
  /** Name of the deployment. */
  readonly deployment: string;
}

const OBJECT_SCHEMA = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] };

export function planOf(ask: GenerationAsk, { settings, facts, deployment }: Answering): Plan {
  const rule = scriptedRule(settings.script, ask, deployment);
  if (rule !== null && rule.call !== null) {
    return { kind: 'call', name: rule.call.name, arguments: JSON.stringify(rule.call.arguments ?? {}) };
  }
  if (rule !== null) return { kind: 'text', text: rule.answer ?? '' };
  const calls = plannedCalls(ask);
  if (calls.length > 0) return { kind: 'calls', calls };
  const text = textOf(ask, settings, facts.reasoning);
  const { format } = ask;
  if (format.kind === 'jsonSchema') return { kind: 'object', schema: format.schema, text };
  if (format.kind === 'jsonObject') return { kind: 'object', schema: OBJECT_SCHEMA, text };
  return text === null ? { kind: 'prose', length: lengthOf(ask, settings) } : { kind: 'text', text };
}

/** null: prose. */
function textOf(ask: GenerationAsk, { style }: AnswerSettings, reasoning: boolean): string | null {
  const { turns } = ask;
  if (style === 'echo') return lastUserText(turns);
  if (style === 'prose') return null;
  const grounds = groundsOf(turns);
  if (grounds !== null) {
    const answer = answerFrom(grounds, ask.answerTokensMax);
    return wantsFollowUps(ask) ? `${answer}\n${followUpsFrom(grounds)}` : answer;
  }
  if (wantsQuery(turns, ask.answerTokensMax, reasoning)) return queryFrom(turns);
  return toldResult(turns);
}

/** Asked for by an example in double angle brackets, as the chat apps do. */
function wantsFollowUps({ turns }: GenerationAsk): boolean {
  return turns.some(({ role, text }) => (role === 'system' || role === 'user') && text.includes('<<'));
}

/** A limit is filled where the settings say so, whatever the prompt asks for. */
function lengthOf({ turns, answerTokensMax }: GenerationAsk, { fill }: AnswerSettings): Length | null {
  if (fill && answerTokensMax !== null) return { unit: 'tokens', count: Number.POSITIVE_INFINITY };
  return askedLength(lastUserText(turns));
}
