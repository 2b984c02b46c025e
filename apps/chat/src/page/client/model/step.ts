/** What a step of an answer was about, in figures: the page tells it in the language of its reader. */
import { FAILURE_KINDS, RETRIEVAL_MODES, type StepAbout } from '../../../events.ts';
import { isObject } from '../shapes.ts';

type Check = (value: unknown) => boolean;
const number: Check = (value) => typeof value === 'number';
const failureOrNull: Check = (value) => value === null || FAILURE_KINDS.some((kind) => kind === value);
const texts: Check = (value) => Array.isArray(value) && value.every((each) => typeof each === 'string');

const FIELDS: Readonly<Record<StepAbout['kind'], Readonly<Record<string, Check>>>> = {
  queries: { queries: texts, failed: failureOrNull },
  search: {
    queries: texts,
    mode: (value) => RETRIEVAL_MODES.some((mode) => mode === value),
    passages: number,
    withoutVectors: failureOrNull,
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
  if (!isObject(value) || typeof kind !== 'string' || !isKind(kind)) return false;
  return Object.entries(FIELDS[kind]).every(([name, check]) => check(Reflect.get(value, name)));
}

function isKind(kind: string): kind is StepAbout['kind'] {
  return Object.hasOwn(FIELDS, kind);
}
