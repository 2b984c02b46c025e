/** Which tools an answer calls: the one it must, or those that the user's last words plainly mean. */

import { isRecord } from '@spillway/protocol';
import type { GenerationAsk, Tool } from '../ask/generation.ts';
import type { Unit } from './prose.ts';
import { sampleOf } from './schema.ts';
import { asksForQuery } from './search-query.ts';
import { lastUserText } from './turns.ts';
import { candidatesIn, UserWords } from './wording.ts';
import { stemsOf } from './words.ts';

/** Calls of one answer. */
export const CALLS_MAX = 4;

/** Of question and description so much is looked at. UTF-16 units. */
const QUESTION_CHARS_MAX = 1000;
const DESCRIPTION_CHARS_MAX = 500;

/** Shared words that make a tool meant: one of its name, or two of its description. */
const MEANT = 2;
const VERBS = new Set(
  stemsOf(
    'get set list find search look fetch create update delete remove send add make run call read write show check query ask data info tool function',
  ),
);

export interface PlannedCall {
  readonly tool: Tool;
  /** Which of the texts that the user names it is about. */
  readonly about: number;
}

/** Empty: the answer is in words. */
export function plannedCalls({ tools, turns }: GenerationAsk): readonly PlannedCall[] {
  if (tools === null || tools.choice === 'none') return [];
  if (tools.choice === 'named')
    return tools.tools
      .filter(({ name }) => name === tools.named)
      .slice(0, 1)
      .map(once);
  const answersResult = turns.at(-1)?.role === 'tool';
  if (tools.choice === 'auto' && answersResult) return [];
  const question = lastUserText(turns).slice(0, QUESTION_CHARS_MAX);
  const meant = meantBy(question, tools.tools);
  const called = meant.length > 0 ? meant : unasked(tools.tools, tools.choice === 'required', turns);
  if (!tools.parallel) return called.slice(0, 1).map(once);
  const [only] = called;
  return only !== undefined && called.length === 1
    ? forEachNamed(only, question)
    : called.slice(0, CALLS_MAX).map(once);
}

function once(tool: Tool): PlannedCall {
  return { tool, about: 0 };
}

export function argumentsOf({ tool, about }: PlannedCall, { turns }: GenerationAsk, unit: Unit): string {
  return JSON.stringify(sampleOf(tool.parameters, unit, new UserWords(lastUserText(turns), about, null)));
}

/** Called though the user's words do not mean it: the first where one must be, or the one that takes the query that is asked for. */
function unasked(tools: readonly Tool[], required: boolean, turns: GenerationAsk['turns']): readonly Tool[] {
  const searching = tools.find(
    ({ name, parameters }) => /search|query|retriev/i.test(name) && onlyText(parameters) !== null,
  );
  if (searching !== undefined && asksForQuery(turns)) return [searching];
  return required ? tools.slice(0, 1) : [];
}

/** The best first; a further one only for words that those before it do not explain. */
function meantBy(question: string, tools: readonly Tool[]): readonly Tool[] {
  const said = new Set(stemsOf(question));
  const scored = tools.map((tool) => ({ tool, shared: sharedWith(tool, said, question) }));
  const meant: Tool[] = [];
  const explained = new Set<string>();
  for (const { tool, shared } of scored.sort((a, b) => weightOf(b.shared) - weightOf(a.shared))) {
    const fresh = new Map([...shared].filter(([stem]) => !explained.has(stem)));
    if (weightOf(fresh) < MEANT) continue;
    meant.push(tool);
    for (const stem of shared.keys()) explained.add(stem);
  }
  return meant;
}

/** Weights of the stems that question and tool share. */
function sharedWith({ name, description }: Tool, said: ReadonlySet<string>, question: string): Map<string, number> {
  const shared = new Map<string, number>();
  if (question.includes(name)) shared.set(name, 2 * MEANT);
  const spaced = name.replace(/[_-]+/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  for (const stem of stemsOf((description ?? '').slice(0, DESCRIPTION_CHARS_MAX))) {
    if (said.has(stem) && !VERBS.has(stem)) shared.set(stem, 1);
  }
  for (const stem of stemsOf(spaced)) if (said.has(stem)) shared.set(stem, VERBS.has(stem) ? 1 : MEANT);
  return shared;
}

function weightOf(shared: ReadonlyMap<string, number>): number {
  let weight = 0;
  for (const each of shared.values()) weight += each;
  return weight;
}

/** "The weather in Paris and London": a tool that takes one text is called for each. */
function forEachNamed(tool: Tool, question: string): readonly PlannedCall[] {
  const property = onlyText(tool.parameters);
  if (property === null || new UserWords(question, 0, null).isAboutAll(property)) return [once(tool)];
  const named = Math.max(1, candidatesIn(question).length);
  return Array.from({ length: Math.min(CALLS_MAX, named) }, (_, about) => ({ tool, about }));
}

/** The name of the one text that a tool requires; null where it requires more, or none. */
function onlyText(parameters: unknown): string | null {
  if (!isRecord(parameters) || !Array.isArray(parameters.required) || !isRecord(parameters.properties)) return null;
  const { properties, required } = parameters;
  const texts = required.filter((name): name is string => typeof name === 'string' && isFreeText(properties[name]));
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

function isFreeText(schema: unknown): boolean {
  return isRecord(schema) && schema.type === 'string' && schema.enum === undefined && schema.format === undefined;
}
