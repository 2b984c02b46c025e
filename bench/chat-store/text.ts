/** Text and vectors from a seed, words as often as in a language; no meaning, only weight. */
import type { Unit } from '@spillway/clock';
import type { NewDocument } from '../../apps/chat/src/store/store.ts';

export const SEED = 20_261_121;
const WORDS_OF_A_CHUNK = 150;
const VOCABULARY = 30_000;

/** Zipf's law: the n-th word comes a n-th as often as the first. */
function word(unit: Unit): string {
  return `w${Math.floor(VOCABULARY ** unit()).toString(36)}`;
}

export const words = (count: number, unit: Unit): string => Array.from({ length: count }, () => word(unit)).join(' ');

export function vector(dimensions: number, unit: Unit): Float32Array {
  return Float32Array.from({ length: dimensions }, () => unit() - 0.5);
}

export interface DocumentSize {
  readonly chunks: number;
  readonly dimensions: number;
}

/** Every tenth document is for staff alone; who asks is not. */
export function documentOf(number: number, { chunks, dimensions }: DocumentSize, unit: Unit): NewDocument {
  const place = { headings: [words(3, unit)], pageFrom: 1, pageTo: 1, start: 0, end: 1 };
  const made = Array.from({ length: chunks }, (_, index) => ({
    ...{ index, text: words(WORDS_OF_A_CHUNK, unit), ...place },
    vector: vector(dimensions, unit),
  }));
  const text = made.map((chunk) => chunk.text).join('\n');
  return {
    ...{ path: `${number}.md`, title: words(4, unit), category: null, language: 'en', hash: '' },
    ...{ mediaType: 'text/markdown', bytes: text.length, pages: 1, owner: null, indexedMs: 0 },
    ...{ text, original: Buffer.from(text), chunks: made },
    access: { users: [], groups: number % 10 === 0 ? ['staff'] : [] },
  };
}
