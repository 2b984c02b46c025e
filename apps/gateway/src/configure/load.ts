/** Reads what a configuration is made of, the file and the secrets it names, or the environment; what it means is @spillway/config's. */
import { readFileSync } from 'node:fs';
import { type ConfigError, configFromEnvironment, configFromYaml, type Loaded, secretFilesIn } from '@spillway/config';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws, as Node does, an error with a `code`. */
export type ReadFile = (path: string) => string;

export interface LoadRequest {
  /** Null: the environment is the configuration. */
  readonly file: string | null;
  readonly env: Environment;
  readonly readFile?: ReadFile;
  /** Of secrets that the file names and that are not here; see {@link configFromYaml}. */
  readonly missing?: 'refused' | 'stoodIn';
}

export const readTextFile: ReadFile = (path) => readFileSync(path, 'utf8');

export function loadConfig({ file, env, readFile = readTextFile, missing = 'refused' }: LoadRequest): Loaded {
  return file === null ? configFromEnvironment(env) : configOf(file, env, readTexts(file, readFile), missing);
}

/** What was read, and all there is to compare when something may have changed. Holds secrets. */
export interface Texts {
  readonly main: Reading;
  /** By path; null for one that cannot be read. */
  readonly secrets: ReadonlyMap<string, string | null>;
}

type Reading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly code: string };

export function readTexts(file: string, readFile: ReadFile): Texts {
  const main = read(file, readFile);
  const named = main.kind === 'text' ? secretFilesIn(main.text) : [];
  const secrets = named.map((path): [string, string | null] => {
    const secret = read(path, readFile);
    return [path, secret.kind === 'text' ? secret.text : null];
  });
  return { main, secrets: new Map(secrets) };
}

function read(path: string, readFile: ReadFile): Reading {
  try {
    return { kind: 'text', text: readFile(path) };
  } catch (error) {
    return { kind: 'unreadable', code: codeOf(error) };
  }
}

/** For example ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

export function configOf(
  file: string,
  env: Environment,
  texts: Texts,
  missing: LoadRequest['missing'] = 'refused',
): Loaded {
  if (texts.main.kind === 'unreadable') return { kind: 'errors', errors: [unreadable(file, texts.main.code)] };
  return configFromYaml({ text: texts.main.text, file, env, secrets: texts.secrets, missing });
}

const REASONS: Readonly<Record<string, readonly [rule: string, remedy: string]>> = {
  ENOENT: ['does not exist', 'check the path given with --config; without it the environment is the configuration'],
  EISDIR: ['is a directory', 'name the file in it'],
  EACCES: ['may not be read by this user', 'allow the user that runs the gateway to read it'],
};

function unreadable(file: string, code: string): ConfigError {
  const [rule, remedy] = REASONS[code] ?? [`cannot be read (${code})`, 'check the path and the disk'];
  return { file, line: null, column: null, path: '', value: '', rule, remedy };
}
