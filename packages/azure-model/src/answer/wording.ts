/** What free texts of a simulated call or object say: the words of the user, where a property's name tells which. */
import type { Wording } from './schema.ts';
import { keywordsOf } from './search-query.ts';

/** Of the user's words so much is looked at. UTF-16 units. */
const LOOKED_AT_CHARS = 1000;

const QUOTED = /"([^"\n]{1,80})"|“([^”\n]{1,80})”|‘([^’\n]{1,80})’/g;
/** Words with a capital that do not begin a sentence. */
const NAMED = /(?<=[\p{L}\p{N},;:] )\p{Lu}[\p{L}\p{N}'’-]{0,40}(?: \p{Lu}[\p{L}\p{N}'’-]{0,40}){0,5}/gu;

const KEYWORDS = /quer(?:y|ies)|keyword|search|topic|subject|title/i;
const WHOLE = /question|prompt|text|input|message|utterance|request/i;
const ANSWER = /answer|response|reply|summary|explanation|description|content|reason|result|output/i;

/** Texts in quotation marks, then names. */
export function candidatesIn(text: string): readonly string[] {
  const looked = text.slice(0, LOOKED_AT_CHARS);
  const found: string[] = [];
  for (const [, ...groups] of looked.matchAll(QUOTED)) found.push(groups.find((group) => group !== undefined) ?? '');
  for (const [name] of looked.matchAll(NAMED)) if (name !== 'I' && !found.includes(name)) found.push(name);
  return found;
}

export class UserWords implements Wording {
  readonly #text: string;
  readonly #answer: string | null;
  readonly #candidates: readonly string[];
  #next: number;

  /**
   * @param from which of the candidates comes first.
   * @param answer what a property for the answer says; null where there is none.
   */
  constructor(text: string, from: number, answer: string | null) {
    this.#text = text.slice(0, LOOKED_AT_CHARS).trim();
    this.#answer = answer;
    this.#candidates = candidatesIn(text);
    this.#next = from;
  }

  textFor(property: string): string | null {
    if (this.#answer !== null && ANSWER.test(property)) return this.#answer;
    if (KEYWORDS.test(property)) return keywordsOf(this.#text) || null;
    if (WHOLE.test(property)) return this.#text === '' ? null : this.#text;
    return this.#candidates[this.#next++] ?? null;
  }

  /** Whether a property of that name takes the user's words as a whole, not one of the names in them. */
  isAboutAll(property: string): boolean {
    return KEYWORDS.test(property) || WHOLE.test(property);
  }

  /** The first that the user speaks of. */
  among(values: readonly unknown[]): unknown {
    const text = this.#text.toLowerCase();
    return values.find((value) => typeof value === 'string' && value !== '' && text.includes(value.toLowerCase()));
  }
}
