/**
 * Answers that somebody disliked, as questions for the evaluation: a person confirms what each must rest on, and from then on a change
 * that makes it worse again is seen. Reading conversations is `feedback-source.ts`. Pure.
 */
import { languageOf, sentencesIn, wordsOf } from '@spillway/rag';
import { Document, isMap } from 'yaml';
import { z } from 'zod';
import { threadOf } from '../answer/thread.ts';
import { QUESTIONS_MAX } from './question-file.ts';

/** Of what a conversation's view and its export hold, what is read here (server/api.ts, `ConversationView`). */
const source = z.object({ label: z.string(), path: z.string(), pageFrom: z.number().nullable(), text: z.string() });
const event = z.union([
  z.object({ type: z.literal('sources'), sources: z.array(source) }),
  z.object({ type: z.literal('citation'), label: z.string() }),
  z.object({ type: z.string() }).transform(() => null),
]);
const turn = z.object({
  id: z.string(),
  replaces: z.string().nullable(),
  question: z.string(),
  answer: z.string(),
  feedback: z.object({ liked: z.boolean(), comment: z.string().nullable() }).nullable(),
  events: z.array(event),
});
export const conversationSchema = z.object({ turns: z.array(turn) });
export type Conversation = Readonly<z.infer<typeof conversationSchema>>;
type Turn = Conversation['turns'][number];

export interface FeedbackCase {
  readonly id: string;
  readonly question: string;
  readonly language: string;
  /** Oldest first. */
  readonly history: ReadonlyArray<{ readonly question: string; readonly answer: string }>;
  /** What the answer cited: a person says whether the right one is among them. */
  readonly gold: ReadonlyArray<{ readonly file: string; readonly page: number | null; readonly passage: string }>;
  readonly comment: string | null;
}

/** As question-file.ts bounds texts. UTF-16 units. */
const TEXT_CHARS_MAX = 4_000;
const HISTORY_MAX = 10;
const GOLD_MAX = 5;
const COMMENT_CHARS_MAX = 300;

/** @returns at most {@link QUESTIONS_MAX}; the same question in the same conversation comes once, as it was disliked last. */
export function casesFrom(conversations: Iterable<Conversation>): readonly FeedbackCase[] {
  const cases = new Map<string, FeedbackCase>();
  for (const { turns } of conversations) {
    for (const [at, one] of turns.entries()) {
      if (one.feedback?.liked !== false || one.question.trim() === '') continue;
      const history = threadOf(turns.slice(0, at), one.replaces).slice(-HISTORY_MAX);
      const made = caseOf(one, history, cases.size + 1);
      const key = JSON.stringify([history, made.question]);
      cases.set(key, { ...made, id: cases.get(key)?.id ?? made.id });
    }
  }
  return [...cases.values()].slice(0, QUESTIONS_MAX);
}

function caseOf(
  { question, answer, feedback, events }: Turn,
  before: FeedbackCase['history'],
  n: number,
): FeedbackCase {
  const told = events.filter((one) => one !== null);
  const labels = new Set(told.flatMap((one) => (one.type === 'citation' ? [one.label] : [])));
  const cited = told
    .flatMap((one) => (one.type === 'sources' ? one.sources : []))
    .filter(({ label }) => labels.has(label));
  return {
    id: `disliked-${n}`,
    question: question.slice(0, TEXT_CHARS_MAX),
    language: languageOf(question) ?? 'en',
    history: before
      .filter((past) => past.question.trim() !== '' && past.answer.trim() !== '')
      .map((past) => ({
        question: past.question.slice(0, TEXT_CHARS_MAX),
        answer: past.answer.slice(0, TEXT_CHARS_MAX),
      })),
    gold: cited
      .filter(({ text }) => text.trim() !== '')
      .slice(0, GOLD_MAX)
      .map(({ path, pageFrom, text }) => ({
        file: path,
        page: pageFrom,
        passage: nearest(text, `${question} ${answer}`),
      })),
    comment: feedback?.comment?.replace(/\s+/g, ' ').trim().slice(0, COMMENT_CHARS_MAX) || null,
  };
}

/** The sentence of a passage that shares most words with what was asked and said. */
function nearest(passage: string, said: string): string {
  const wanted = new Set(wordsOf(said));
  const shared = (text: string) => new Set(wordsOf(text).filter((word) => wanted.has(word))).size;
  const sentences = sentencesIn(passage).map(({ start, end }) => passage.slice(start, end));
  const [best = passage] = sentences.toSorted((a, b) => shared(b) - shared(a));
  return best.slice(0, TEXT_CHARS_MAX);
}

const HEAD = [
  ' Questions whose answers somebody disliked. Before they are asked: confirm, or replace, what each must rest on (gold: literally in the',
  ' document), move what the documents do not say to "unanswerable" without gold, and add numbers and mustNot where they matter.',
].join('\n');

/** A questions file as question-file.ts reads it; what is to be confirmed stands in comments. */
export function yamlOf(cases: readonly FeedbackCase[]): string {
  const kinds: Record<string, unknown[]> = {};
  for (const one of cases) {
    const { id, question, language, history, gold } = one;
    const rest = { ...(history.length === 0 ? {} : { history }), ...(gold.length === 0 ? {} : { gold }) };
    const kind = gold.length === 0 ? 'unanswerable' : history.length === 0 ? 'plain' : 'follow-up';
    kinds[kind] = [...(kinds[kind] ?? []), { id, question, language, ...rest }];
  }
  const document = new Document(kinds);
  document.commentBefore = HEAD;
  const byId = new Map(cases.map((one) => [one.id, one]));
  for (const kind of Object.keys(kinds)) {
    const list = document.get(kind);
    const items =
      typeof list === 'object' && list !== null && 'items' in list && Array.isArray(list.items) ? list.items : [];
    for (const item of items) {
      if (!isMap(item)) continue;
      item.commentBefore = commentOf(byId.get(String(item.get('id'))));
    }
  }
  return document.toString({ lineWidth: 0 });
}

function commentOf(one: FeedbackCase | undefined): string {
  const what = one?.gold.length === 0 ? 'that the documents do not say it: nothing was cited' : 'gold';
  return ` to confirm: ${what}${one?.comment == null ? '' : `; the reader said: ${one.comment}`}`;
}
