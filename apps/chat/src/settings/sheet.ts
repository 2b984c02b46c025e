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

/** What may be written for a setting, for the reference. */
export interface SettingForm {
  readonly values: string;
  /** null: none of its own. */
  readonly preset: string | null;
}

const TEXT = 'text';

/** Of a value, in an error. UTF-16 units. */
const SHOWN_CHARS_MAX = 100;

export class Sheet {
  readonly #env: Environment;
  readonly problems: SettingProblem[] = [];
  /** Names that were looked for, whether they are set or not, and what each is read as. */
  readonly asked = new Map<string, SettingForm>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** null where none of the names is set; the first one that is goes before. */
  text(...names: readonly string[]): string | null {
    for (const name of names) this.#ask(name, TEXT);
    for (const name of names) {
      const value = this.#env[name]?.trim() ?? '';
      if (value !== '') return value;
    }
    return null;
  }

  /** A text may turn out to be something narrower. */
  #ask(name: string, values: string, preset: string | null = null): void {
    if ((this.asked.get(name)?.values ?? TEXT) === TEXT) this.asked.set(name, { values, preset });
  }

  secret(name: string): Secret | null {
    this.#ask(name, 'secret');
    const value = this.text(name);
    return value === null ? null : new Secret(value);
  }

  flag(name: string, preset: boolean): boolean {
    this.#ask(name, '`true`, `false`', String(preset));
    const text = this.text(name);
    if (text === null) return preset;
    if (/^(?:1|true|yes|on|enabled)$/i.test(text)) return true;
    if (/^(?:0|false|no|off|disabled)$/i.test(text)) return false;
    this.wrong(name, text, 'is neither true nor false', `write one of them, or leave it out for ${preset}`);
    return preset;
  }

  whole(name: string, { min, max, preset }: Range): number {
    this.#ask(name, `whole number, ${grouped(min)} to ${grouped(max)}`, grouped(preset));
    const text = this.text(name);
    if (text === null) return preset;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.wrong(name, text, `is not a whole number from ${min} to ${max}`, `leave it out for ${preset}`);
    return preset;
  }

  number(name: string, { min, max }: Omit<Range, 'preset'>): number | null {
    this.#ask(name, `number, ${grouped(min)} to ${grouped(max)}`);
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.wrong(name, text, `is not a number from ${min} to ${max}`, 'leave it out for what the model takes by itself');
    return null;
  }

  choice<T extends string>(name: string, choices: readonly T[], preset: T): T {
    this.#ask(name, choices.map((each) => `\`${each}\``).join(', '), preset);
    const text = this.text(name);
    if (text === null) return preset;
    const found = choices.find((each) => each === text.toLowerCase());
    if (found !== undefined) return found;
    this.wrong(name, text, `is not one of ${choices.join(', ')}`, `leave it out for ${preset}`);
    return preset;
  }

  /** Separated by commas. */
  list(...names: readonly string[]): readonly string[] {
    for (const name of names) this.#ask(name, 'list, by commas');
    return listed(this.text(...names) ?? '', ',');
  }

  /** An address with http or https, without user, query and fragment; null where it is not set, or is wrong. */
  url(name: string): URL | null {
    this.#ask(name, 'address');
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

/** What stands between separators, without blanks around it and without what is empty. */
export function listed(text: string, separator: string | RegExp): readonly string[] {
  return text
    .split(separator)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function grouped(value: number): string {
  return value.toLocaleString('en-GB');
}
