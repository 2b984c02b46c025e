/** Reads the simulator's file, and the files that its secrets are in; what they mean is from-yaml.ts's matter. */
import { readFileSync } from 'node:fs';
import type { ConfigError } from '@spillway/config';
import { optionsFromYaml, type SimulatorLoaded, secretFilesOf } from './from-yaml.ts';

export interface SimulatorLoadRequest {
  /** Path. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws, as Node does, an error with a `code`. */
  readonly readFile?: (path: string) => string;
}

export function loadSimulatorFile({ file, env, readFile = readText }: SimulatorLoadRequest): SimulatorLoaded {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    return { kind: 'errors', errors: [unreadable(file, codeOf(error))] };
  }
  const secrets = new Map(secretFilesOf(text).map((path) => [path, textOrNull(path, readFile)]));
  return optionsFromYaml({ text, file, env, secrets });
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

function textOrNull(path: string, readFile: (path: string) => string): string | null {
  try {
    return readFile(path);
  } catch {
    return null;
  }
}

/** For example ENOENT. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

const REASONS: Readonly<Record<string, readonly [rule: string, remedy: string]>> = {
  ENOENT: ['does not exist', 'check the path given with --config; without it there are three resources'],
  EISDIR: ['is a directory', 'name the file in it'],
  EACCES: ['may not be read by this user', 'allow the user that runs the simulator to read it'],
};

function unreadable(file: string, code: string): ConfigError {
  const [rule, remedy] = REASONS[code] ?? [`cannot be read (${code})`, 'check the path and the disk'];
  return { file, line: null, column: null, path: '', value: '', rule, remedy };
}
