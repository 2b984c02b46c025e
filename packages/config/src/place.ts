/** Where a value stands in a configuration, and how the place and the value are written in an error. */

/** Keys and indexes that lead from the whole to a value. */
export type Path = readonly (string | number)[];

/** The thing that was read: a file or the environment. */
export interface Source {
  readonly file: string | null;
  /** Line and column, from 1, of the key or the value; of what surrounds it where it does not exist. */
  place(path: Path, what: 'key' | 'value'): { readonly line: number | null; readonly column: number | null };
  /** The path as people know it. */
  name(path: Path): string;
  /** The value as written, before secrets were filled in; undefined where there is none. */
  written(path: Path): unknown;
}

const VALUE_CHARS_MAX = 100;
const MASK = '***';

/** `backends[0].url`; keys that are not plain words are quoted: `pools["gpt-4.1"].members[0]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!isPlainWord(step)) text += `[${quoted(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A word that needs no quotes, and that does not look like a secret. */
function isPlainWord(step: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(step) && quoted(step) === `"${step}"`;
}

/** The keys whose values are secrets. An alias may be called `key`; that is a name. */
export function isSecretPath(path: Path): boolean {
  const last = path.at(-1);
  if (path[0] === 'aliases') return false;
  if (typeof last === 'number') return path.at(-2) === 'keys' || path.at(-2) === 'sealKeys';
  return typeof last === 'string' && /^(?:api)?key$/i.test(last);
}

/** A value as an error may show it: short, on one line, without what could be a secret. */
export function showValue(path: Path, value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (isSecretPath(path) && !isReference(value)) return MASK;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Whether a value is nothing but `${NAME}` or `${file:/path}`, in which a name stands for the secret. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{(?:[A-Za-z_][A-Za-z0-9_]*|file:[^{}]+)\}$/.test(value);
}

/** In double quotes, without what may be a secret, shortened, unprintable characters escaped. */
export function quoted(text: string): string {
  const safe = masked(text);
  const short = safe.length > VALUE_CHARS_MAX ? `${safe.slice(0, VALUE_CHARS_MAX)}…` : safe;
  return JSON.stringify(short).replace(/[^ -~…]/gu, escaped);
}

/** A secret ends up in the wrong place easily: user names in URLs, query strings, and runs as long as a key are not shown. */
function masked(text: string): string {
  if (/^[A-Za-z0-9+/]{32,}={0,2}$/.test(text)) return MASK;
  return text
    .replace(/:\/\/\S*@/g, `://${MASK}@`)
    .replace(/\?[\s\S]*$/, `?${MASK}`)
    .replace(/[A-Za-z0-9]{32,}/g, MASK);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Plain data, followed along a path; undefined where it ends before. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
