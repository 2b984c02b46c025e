/**
 * Regular expressions from a user's file or the admin API: taken only where they cannot take long. What a backtracking matcher may
 * have to try is bounded from the pattern alone, and the text that it sees is short.
 */

/** Of the text so much is looked at. UTF-16 units. */
export const MATCHED_CHARS_MAX = 500;
export const PATTERN_CHARS_MAX = 300;

/** Ways to match that a pattern may have from one place of the text, in powers of two: two open repetitions and a little more. */
const WAYS_MAX = 20;
/** Of one open repetition: as many as the text has characters. */
const OPEN_WAYS = Math.log2(MATCHED_CHARS_MAX);

/** @returns the rule that is broken; null for a pattern that is taken. */
export function patternProblem(source: string): string | null {
  if (source.length > PATTERN_CHARS_MAX) return `a pattern has at most ${PATTERN_CHARS_MAX} characters`;
  try {
    new RegExp(source, 'i');
  } catch {
    return 'is no regular expression';
  }
  return new Ways(source).total() <= WAYS_MAX
    ? null
    : 'could take very long: use at most two open repetitions (such as `.*`), and none around another or around alternatives';
}

/** null for a pattern that is not taken. */
export function compiledPattern(source: string): RegExp | null {
  return patternProblem(source) === null ? new RegExp(source, 'i') : null;
}

/** Repeats least to most times. */
interface Repetition {
  readonly least: number;
  readonly most: number;
  readonly chars: number;
}

const ONCE: Repetition = { least: 1, most: 1, chars: 0 };
const BRACES = /^\{(\d+)(,?)(\d*)\}/;

/** Reads a valid pattern and bounds, in powers of two, the ways in which it may match. */
class Ways {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  total(): number {
    return this.#alternatives();
  }

  /** Up to the end of the group, or of the pattern. */
  #alternatives(): number {
    let most = 0;
    let current = 0;
    let count = 1;
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#source[this.#at] === '|') {
        most = Math.max(most, current);
        current = 0;
        count++;
        this.#at++;
      } else {
        current += repeated(this.#atom(), this.#repetition());
      }
    }
    return Math.max(most, current) + Math.log2(count);
  }

  /** One character, class or group. */
  #atom(): number {
    const first = this.#source[this.#at++];
    if (first === '\\') this.#at++;
    if (first === '[') this.#skipClass();
    if (first !== '(') return 0;
    const ways = this.#alternatives();
    this.#at++;
    return ways;
  }

  #skipClass(): void {
    while (this.#at < this.#source.length && this.#source[this.#at] !== ']') {
      this.#at += this.#source[this.#at] === '\\' ? 2 : 1;
    }
    this.#at++;
  }

  #repetition(): Repetition {
    const found = repetitionAt(this.#source.slice(this.#at, this.#at + 20));
    this.#at += found.chars;
    if (found.chars > 0 && this.#source[this.#at] === '?') this.#at++;
    return found;
  }
}

function repetitionAt(text: string): Repetition {
  if (text[0] === '*') return { least: 0, most: Number.POSITIVE_INFINITY, chars: 1 };
  if (text[0] === '+') return { least: 1, most: Number.POSITIVE_INFINITY, chars: 1 };
  if (text[0] === '?') return { least: 0, most: 1, chars: 1 };
  const braces = BRACES.exec(text);
  if (braces === null) return ONCE;
  const least = Number(braces[1]);
  const open = braces[3] === '' ? Number.POSITIVE_INFINITY : Number(braces[3]);
  return { least, most: braces[2] === '' ? least : open, chars: braces[0].length };
}

function repeated(ways: number, { least, most }: Repetition): number {
  const times = Math.min(most, MATCHED_CHARS_MAX);
  const lengths = most === Number.POSITIVE_INFINITY ? OPEN_WAYS : Math.log2(times - least + 1);
  return ways * times + Math.max(0, lengths);
}
