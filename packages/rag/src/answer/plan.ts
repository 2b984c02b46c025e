/** The search queries for a question: as typed where it stands for itself, else made by a model that knows the conversation. */
import { isRecord } from '@spillway/protocol';
import { isCommon } from '../text/language.ts';
import { estimateTokens } from '../text/tokens.ts';
import { languageOf, tokeniseMeaning, wordsOf } from '../text/words.ts';
import { type ChatMessage, defused, historyWithin, type PastTurn } from './messages.ts';

export const QUERIES_MAX = 3;
/** Longer ones are cut. UTF-16 units. */
export const QUERY_CHARS_MAX = 300;
/** A first question above this may well hold several, or a story around it. Estimated. */
export const SHORT_QUESTION_TOKENS_MAX = 60;
/** Of the conversation so much is told to plan. Tokens. */
export const PLAN_HISTORY_TOKENS_MAX = 1500;
/** Room for the calls of a model that does not think first. Tokens. */
export const PLAN_ANSWER_TOKENS = 150;

export interface Asked {
  readonly question: string;
  /** Oldest first. */
  readonly history: readonly PastTurn[];
}

/** A first, short question is its own query: no model needs to be asked. */
export function needsPlan({ question, history }: Asked): boolean {
  return history.length > 0 || estimateTokens(question) > SHORT_QUESTION_TOKENS_MAX;
}

export const SEARCH_TOOL_NAME = 'search_documents';

/** As `tools[0]` of a chat completion. The model is free not to call it: a lone 0 is an answer, too. */
export const SEARCH_TOOL = {
  type: 'function',
  function: {
    name: SEARCH_TOOL_NAME,
    description: 'Searches the documents. Give one query, or up to three where the question asks for different things.',
    parameters: {
      type: 'object',
      properties: {
        queries: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: QUERIES_MAX },
      },
      required: ['queries'],
      additionalProperties: false,
    },
  },
} as const;

const INSTRUCTIONS = [
  'Turn the last question into search queries for a collection of documents, and call the tool with them.',
  'Read the conversation to see what the question refers to, and put names in the place of words such as "it" or "there".',
  'One query is usually right; up to three where the question asks for different things.',
  'Keep the language of the question. Use the words that the documents would use; leave out file names and marks such as S1.',
  'If no query can be made, give a lone 0.',
].join('\n');

export function planMessages({ question, history }: Asked): readonly ChatMessage[] {
  return [
    { role: 'system', content: INSTRUCTIONS },
    ...historyWithin(history, PLAN_HISTORY_TOKENS_MAX),
    { role: 'user', content: defused(question) },
  ];
}

/** What a model gave in answer to {@link planMessages}. */
export interface PlanReply {
  readonly calls: ReadonlyArray<{ readonly name: string; readonly arguments: string }>;
  /** Models that ignore tools write their query as text. */
  readonly content: string | null;
}

/** 1 to {@link QUERIES_MAX}, each once; the question as typed where nothing usable came. */
export function queriesFrom({ calls, content }: PlanReply, question: string): readonly string[] {
  const fromCalls = calls.filter(({ name }) => name === SEARCH_TOOL_NAME).flatMap((call) => queriesIn(call.arguments));
  const given = fromCalls.length > 0 ? fromCalls : queriesInText(content ?? '');
  const queries = new Map<string, string>();
  for (const query of given) {
    const trimmed = query.trim().replace(/\s+/g, ' ').slice(0, QUERY_CHARS_MAX);
    if (!isNoQuery(trimmed) && !queries.has(trimmed.toLowerCase())) queries.set(trimmed.toLowerCase(), trimmed);
  }
  return queries.size === 0 ? [question] : [...queries.values()].slice(0, QUERIES_MAX);
}

/** A question with no more words of meaning than these may lean on the one before: "And in winter?", "What does it cost?" */
export const LEANING_WORDS_MAX = 4;

/**
 * What to search for, even where the model was no help: where it gave only words of a question that leans on the conversation, or
 * nothing, the question before is searched for along with it. Where that was needless it costs little, since what only the joined query
 * finds ranks behind what both find.
 *
 * @param reply null: no model answered.
 */
export function plannedQueries(reply: PlanReply | null, { question, history }: Asked): readonly string[] {
  const queries = reply === null ? [question] : queriesFrom(reply, question);
  const before = history.at(-1)?.question;
  if (before === undefined || !leans(question) || adds(queries, question)) return queries;
  const joined = `${before.slice(0, QUERY_CHARS_MAX)} ${question}`;
  return [joined, ...queries].slice(0, QUERIES_MAX);
}

function leans(question: string): boolean {
  return new Set(tokeniseMeaning(question, languageOf(question))).size <= LEANING_WORDS_MAX;
}

/** Whether any query has a word that the question has not. */
function adds(queries: readonly string[], question: string): boolean {
  const typed = new Set(wordsOf(question));
  return queries.some((query) => wordsOf(query).some((word) => !typed.has(word)));
}

/** Empty, a lone zero as models say "no query", or without any word. */
export function isNoQuery(query: string): boolean {
  const words = wordsOf(query);
  return words.length === 0 || (words.length === 1 && words[0] === '0');
}

/** Whether a question asks anything that can be looked for: "hi" and "thank you" do not. */
export function isSmallTalk(question: string): boolean {
  const words = wordsOf(question);
  const language = languageOf(question);
  return (
    words.length > 0 &&
    words.length <= 6 &&
    words.every((word) => GREETINGS.has(word) || isCommon(word, language)) &&
    words.some((word) => GREETINGS.has(word))
  );
}

const GREETINGS = new Set(
  'hi hello hey thanks thank bye goodbye hallo danke tschuss servus bonjour salut merci hola gracias adios hei moi kiitos ola obrigado obrigada 안녕 안녕하세요 감사합니다 고마워요'.split(
    ' ',
  ),
);

/** Arguments of a call, or a list of those of several: JSON with `queries` or `query`; anything else yields none. */
function queriesIn(json: string): readonly string[] {
  const value = parsed(json);
  return Array.isArray(value) ? value.flatMap(queriesOf) : queriesOf(value);
}

function queriesOf(value: unknown): readonly string[] {
  if (!isRecord(value)) return [];
  const { queries, query, search_query: searchQuery } = value;
  const many = Array.isArray(queries) ? queries : [queries];
  return [...many, query, searchQuery].filter((each) => typeof each === 'string');
}

/** Of a reply in text so much is looked at. UTF-16 units. */
const REPLY_CHARS_MAX = 4000;

/** A query in words is one line; JSON is read; prose that explains is no query. */
function queriesInText(content: string): readonly string[] {
  const text = content
    .slice(0, REPLY_CHARS_MAX)
    .trim()
    .replace(/^```(?:json)?|```$/g, '')
    .trim();
  if (text.startsWith('{')) return queriesIn(text);
  return text.includes('\n') || text.length > QUERY_CHARS_MAX ? [] : [text.replace(/^["'`]+|["'`]+$/g, '')];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
