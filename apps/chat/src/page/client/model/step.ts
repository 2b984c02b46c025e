/** What a step of an answer was about, in figures: the page tells it in the language of its reader. */
import {
  type CallParameters,
  FAILURE_KINDS,
  MODEL_CALLS,
  type PassageScores,
  RERANKED,
  RETRIEVAL_MODES,
  type ScopedDocument,
  type StepAbout,
  type ToldMessage,
} from '../../../events.ts';
import { isObject } from '../shapes.ts';

type Check = (value: unknown) => boolean;
const number: Check = (value) => typeof value === 'number';
const failureOrNull: Check = (value) => value === null || FAILURE_KINDS.some((kind) => kind === value);
const texts: Check = (value) => Array.isArray(value) && value.every((each) => typeof each === 'string');

const numberOrNull: Check = (value) => value === null || number(value);
const text: Check = (value) => typeof value === 'string';
const textOrNull: Check = (value) => value === null || text(value);

function listOf(fields: Fields): Check {
  return (value) => Array.isArray(value) && value.every((each) => has(fields, each));
}

type Fields = Readonly<Record<string, Check>>;

const scores = listOf({
  ranker: (value) => value === undefined || number(value),
  label: text,
  words: numberOrNull,
  vectors: numberOrNull,
  fused: number,
} satisfies Record<keyof PassageScores, Check>);
const scoped = listOf({ id: text, title: textOrNull } satisfies Record<keyof ScopedDocument, Check>);
const messages = listOf({ role: text, content: text, cut: number } satisfies Record<keyof ToldMessage, Check>);
const PARAMETERS = {
  model: text,
  temperature: numberOrNull,
  tokensMax: number,
  reasoningEffort: textOrNull,
  seed: numberOrNull,
} satisfies Record<keyof CallParameters, Check>;

const FIELDS: Readonly<Record<StepAbout['kind'], Fields>> = {
  scope: { documents: scoped, category: textOrNull, without: textOrNull },
  queries: { queries: texts, failed: failureOrNull },
  search: {
    queries: texts,
    mode: (value) => RETRIEVAL_MODES.some((mode) => mode === value),
    passages: number,
    withoutVectors: failureOrNull,
    reranked: (value) => value === undefined || RERANKED.some((each) => each === value),
    isProbing: (value) => value === undefined || typeof value === 'boolean',
    scores: (value) => value === undefined || scores(value),
  },
  rerank: { passages: number, failed: failureOrNull },
  prompt: {
    call: (value) => MODEL_CALLS.some((call) => call === value),
    messages,
    leftOut: number,
    parameters: (value) => has(PARAMETERS, value),
  },
  shortened: { kept: number, of: number },
  cut: {},
  invented: { labels: texts },
  check: { unsupported: number },
};

/** @returns null: not told, or by a server that tells it otherwise. */
export function aboutOf(event: object): StepAbout | null {
  const about: unknown = Reflect.get(event, 'about');
  return isAbout(about) ? about : null;
}

function isAbout(value: unknown): value is StepAbout {
  const kind: unknown = isObject(value) ? Reflect.get(value, 'kind') : null;
  return typeof kind === 'string' && isKind(kind) && has(FIELDS[kind], value);
}

function has(fields: Fields, value: unknown): boolean {
  return isObject(value) && Object.entries(fields).every(([name, check]) => check(Reflect.get(value, name)));
}

function isKind(kind: string): kind is StepAbout['kind'] {
  return Object.hasOwn(FIELDS, kind);
}
