/** The simulator's file to options of the library. */
import { type ConfigError, fillSecrets, readYaml, type Source, secretFilesIn } from '@spillway/config';
import type { SimulatorOptions } from '../options.ts';
import { check } from './check.ts';
import { SIMULATOR_FILE } from './simulator-file.ts';

export interface SimulatorYaml {
  readonly text: string;
  /** As errors shall name it. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Contents of the files that {@link secretFilesOf} named; null for one that cannot be read. */
  readonly secrets: ReadonlyMap<string, string | null>;
}

/** What a file says: options, with what is hardly meant, or every error at once. */
export type SimulatorLoaded =
  | {
      readonly kind: 'ok';
      readonly options: SimulatorOptions;
      readonly warnings: readonly ConfigError[];
      /** Keys that are named in the file and must not be shown: by resource, as written there: `${OPENAI1_KEY}`. */
      readonly keysFrom: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'errors'; readonly errors: readonly ConfigError[] };

export function optionsFromYaml({ text, file, env, secrets }: SimulatorYaml): SimulatorLoaded {
  const { data, findings, source } = readYaml(text, file, SIMULATOR_FILE);
  if (data === null) return { kind: 'errors', errors: findings.errors };
  const filled = fillSecrets(data, { env, files: secrets, kind: SIMULATOR_FILE }, findings);
  const checked = check(filled, source, findings);
  if (checked.kind === 'errors') return checked;
  const { data: options, warnings } = checked;
  return { kind: 'ok', options, warnings, keysFrom: keysFrom(options, source.written) };
}

/** Of each resource the first key counts: it is the one that is shown. */
function keysFrom({ resources = [] }: SimulatorOptions, written: Source['written']): ReadonlyMap<string, string> {
  const named = resources.map(({ name }, index): [string, unknown] => {
    const place = ['resources', index];
    return [name, written([...place, 'key']) ?? written([...place, 'keys', 0])];
  });
  return new Map(named.filter((entry): entry is [string, string] => isNamed(entry[1])));
}

function isNamed(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

/** Paths of the files that `${file:…}` names in the text. */
export function secretFilesOf(text: string): readonly string[] {
  return secretFilesIn(text, SIMULATOR_FILE);
}
