/**
 * Reads variables of the environment, each as what it should be, and writes down every one that is not: a person mends them all at
 * once. A blank value is one that is not set.
 */
import { Secret } from './secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `value` is left out where it could be a secret. */
export interface SettingProblem {
  readonly name: string;
  readonly value: string | null;
  /** What does not hold: `is not a whole number from 1 to 20`. */
  readonly rule: string;
  /** What to do about it. */
  readonly remedy: string;
}

export function printProblem({ name, value, rule, remedy }: SettingProblem): string {
  return `${name}: ${value === null ? '' : `"${value}" `}${rule}; ${remedy}`;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly preset: number;
}

/** Of a value, in an error. UTF-16 units. */
const SHOWN_CHARS_MAX = 100;

export class Sheet {
  readonly #env: Environment;
  readonly problems: SettingProblem[] = [];
  /** Names that were looked for, whether they are set or not. */
  readonly asked = new Set<string>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** null where none of the names is set; the first one that is goes before. */
  text(...names: readonly string[]): string | null {
    for (const name of names) this.asked.add(name);
    for (const name of names) {
      const value = this.#env[name]?.trim() ?? '';
      if (value !== '') return value;
    }
    return null;
  }

  secret(name: string): Secret | null {
    const value = this.text(name);
    return value === null ? null : new Secret(value);
  }

  flag(name: string, preset: boolean): boolean {
    const text = this.text(name);
    if (text === null) return preset;
    if (/^(?:1|true|yes|on|enabled)$/i.test(text)) return true;
    if (/^(?:0|false|no|off|disabled)$/i.test(text)) return false;
    this.wrong(name, text, 'is neither true nor false', `write one of them, or leave it out for ${preset}`);
    return preset;
  }

  whole(name: string, { min, max, preset }: Range): number {
    const text = this.text(name);
    if (text === null) return preset;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.wrong(name, text, `is not a whole number from ${min} to ${max}`, `leave it out for ${preset}`);
    return preset;
  }

  number(name: string, { min, max }: Omit<Range, 'preset'>): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.wrong(name, text, `is not a number from ${min} to ${max}`, 'leave it out for what the model takes by itself');
    return null;
  }

  choice<T extends string>(name: string, choices: readonly T[], preset: T): T {
    const text = this.text(name);
    if (text === null) return preset;
    const found = choices.find((each) => each === text.toLowerCase());
    if (found !== undefined) return found;
    this.wrong(name, text, `is not one of ${choices.join(', ')}`, `leave it out for ${preset}`);
    return preset;
  }

  /** Separated by commas. */
  list(...names: readonly string[]): readonly string[] {
    const text = this.text(...names) ?? '';
    return text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  }

  /** An address with http or https, without user, query and fragment; null where it is not set, or is wrong. */
  url(name: string): URL | null {
    const text = this.text(name);
    if (text === null) return null;
    const url = URL.parse(text);
    const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
    if (isPlain && url.username === '' && url.password === '') return url;
    // Whoever writes a password or a key into a URL should not find it in a log.
    const shown = url === null || (url.username === '' && url.search === '') ? text : null;
    this.wrong(name, shown, 'is not an address', 'write https://HOST or https://HOST/PATH, without user, query and #');
    return null;
  }

  missing(name: string, rule: string, remedy: string): void {
    this.problems.push({ name, value: null, rule, remedy });
  }

  /** @param value null where it may be a secret. */
  wrong(name: string, value: string | null, rule: string, remedy: string): void {
    this.problems.push({ name, value: value?.slice(0, SHOWN_CHARS_MAX) ?? null, rule, remedy });
  }
}
