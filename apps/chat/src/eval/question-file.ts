/** Questions from YAML: kinds, each with its list. Every mistake is told at once, with its place. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { QUESTION_KINDS, type Question, type QuestionKind } from './question.ts';

/** Questions of one file. */
export const QUESTIONS_MAX = 5000;

const text = z.string().min(1).max(4000);
const questionSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'is not made of lower-case letters, digits and hyphens'),
  question: text,
  language: z.string().length(2).default('en'),
  history: z.array(z.strictObject({ question: text, answer: text })).default([]),
  gold: z
    .array(z.strictObject({ file: text, page: z.int().min(1).nullable().default(null), passage: text }))
    .default([]),
  numbers: z.array(z.string().regex(/^\d+(?:\.\d+)?$/, 'is not a plain number such as "1200" or "3.5"')).default([]),
  mustNot: z.array(text).default([]),
  groups: z.array(text).nullable().default(null),
});
const fileSchema = z.partialRecord(z.enum(QUESTION_KINDS), z.array(questionSchema).min(1));

export type QuestionsRead =
  | { readonly kind: 'ok'; readonly questions: readonly Question[] }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

/** @param file As errors name it. Ids get their kind in front: `plain-quiet-hours`. */
export function questionsFromYaml(yaml: string, file: string): QuestionsRead {
  const document = parseDocument(yaml, { logLevel: 'silent' });
  if (document.errors.length > 0) {
    return { kind: 'errors', errors: document.errors.map((error) => `${file}: ${error.message.split('\n')[0]}`) };
  }
  const read = fileSchema.safeParse(document.toJS());
  if (!read.success) {
    return { kind: 'errors', errors: read.error.issues.map((one) => `${file}: ${one.path.join('.')}: ${one.message}`) };
  }
  const questions = QUESTION_KINDS.flatMap((kind) => (read.data[kind] ?? []).map((one) => named(kind, one)));
  const errors = faultsOf(questions).map((fault) => `${file}: ${fault}`);
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'ok', questions };
}

/** @throws where the file cannot be read. */
export function readQuestions(file: string): QuestionsRead {
  return questionsFromYaml(readFileSync(file, 'utf8'), file);
}

function named(kind: QuestionKind, question: z.infer<typeof questionSchema>): Question {
  return { ...question, kind, id: `${kind}-${question.id}` };
}

function faultsOf(questions: readonly Question[]): readonly string[] {
  const count = questions.length;
  if (count === 0 || count > QUESTIONS_MAX) return [`${count} questions; ask 1 to ${QUESTIONS_MAX}`];
  const ids = questions.map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  return [
    ...twice.map((id) => `${id}: is there twice; give one of them another id`),
    ...questions.flatMap(({ id, kind, gold }) => {
      const isAnswerable = kind !== 'unanswerable';
      if (isAnswerable === gold.length > 0) return [];
      return [isAnswerable ? `${id}: has no gold passage` : `${id}: has a gold passage and is called unanswerable`];
    }),
    ...questions
      .filter(({ kind, history }) => kind === 'follow-up' && history.length === 0)
      .map(({ id }) => `${id}: follows nothing; give it a history`),
  ];
}
