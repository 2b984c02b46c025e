/** What is wrong with a configuration, gathered while it is checked. */
import type { ConfigError } from './config.ts';
import { formatPath, type Path, type Source, showValue } from './place.ts';

/** Beyond this the wrong file was named, and nobody reads on. */
export const FINDINGS_MAX = 1_000;

/** What is wrong, and the way out; `rule` reads on from the value. */
export interface Problem {
  readonly rule: string;
  readonly remedy: string;
}

export interface Finding extends Problem {
  /** Where to point: at the key, or (by default) at the value. */
  readonly at?: 'key' | 'value';
  /** False where the value adds nothing, or where it is a whole mapping. */
  readonly showValue?: boolean;
}

export class Findings {
  readonly #source: Source;
  readonly #errors: ConfigError[] = [];
  readonly #paths = new Set<string>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** One finding for each place: what is wrong first hides what follows from it. */
  add(path: Path, finding: Finding): void {
    const key = formatPath(path);
    if (this.#paths.has(key) || this.#errors.length === FINDINGS_MAX) return;
    this.#paths.add(key);
    this.#errors.push(errorAt(this.#source, path, finding));
  }
  /** For what the source cannot place, such as a slip in the syntax. Several may share a path. */
  addAt(place: { readonly line: number; readonly column: number; readonly path: Path }, problem: Problem): void {
    if (this.#errors.length === FINDINGS_MAX) return;
    const path = this.#source.name(place.path);
    this.#errors.push({ file: this.#source.file, ...place, path, value: '', ...problem });
  }

  /** A path as an error names it, to point from one place to another. */
  name(path: Path): string {
    return this.#source.name(path);
  }

  /** In the order of the file. */
  get errors(): readonly ConfigError[] {
    return this.#errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }
}

function errorAt(source: Source, path: Path, finding: Finding): ConfigError {
  const { line, column } = source.place(path, finding.at ?? 'value');
  const value = finding.showValue === false ? '' : showValue(path, source.written(path));
  return {
    file: source.file,
    line,
    column,
    path: source.name(path),
    value,
    rule: finding.rule,
    remedy: finding.remedy,
  };
}

/** `spillway.yaml:7:15 backends[0].deployments[1].weight: 0 is not above 0; remove the deployment to stop using it` */
export function printError(error: ConfigError): string {
  const position = error.line === null ? '' : `:${error.line}:${error.column ?? 1}`;
  const place = error.file === null ? '' : `${error.file}${position}`;
  const subject = [place, error.path].filter((part) => part !== '').join(' ');
  const sentence = [error.value, error.rule].filter((part) => part !== '').join(' ');
  return `${subject === '' ? 'configuration' : subject}: ${sentence}; ${error.remedy}`;
}
