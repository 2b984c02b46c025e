/** The steps that all options take, from a file or from the library: schema, names and references, keys without effect, warnings. */
import {
  type ConfigError,
  checkAgainst,
  Findings,
  formatPath,
  isRecord,
  type Path,
  type Source,
  valueAt,
} from '@spillway/config';
import { ModelTable } from '@spillway/protocol';
import type { SimulatorOptions } from '../options.ts';
import { checkEffects } from './check-effects.ts';
import { checkNames } from './check-names.ts';
import { outline } from './outline.ts';
import { type FileData, fileSchema } from './schema.ts';
import { SIMULATOR_FILE } from './simulator-file.ts';
import { warn } from './warnings.ts';

export type Checked =
  | { readonly kind: 'ok'; readonly data: FileData; readonly warnings: readonly ConfigError[] }
  | { readonly kind: 'errors'; readonly errors: readonly ConfigError[] };

/** @param findings what was found before; it goes first, and hides what follows from it. */
export function check(data: unknown, source: Source, findings = new Findings(source)): Checked {
  const parsed = checkAgainst(fileSchema, SIMULATOR_FILE, data, findings);
  const all = outline(data);
  checkNames(all, findings);
  checkEffects(all, findings);
  if (parsed === null || findings.errors.length > 0) return { kind: 'errors', errors: findings.errors };
  const warnings = new Findings(source);
  warn(all, new ModelTable(parsed.models), warnings);
  return { kind: 'ok', data: parsed, warnings: warnings.errors };
}

/** Options of the library, whose errors name places as code does: `resources.openai1.deployments.chat.capacity`. */
export function checkOptions({ clock, onRequest, onWarning, ...options }: SimulatorOptions): Checked {
  const data = withoutUndefined(options, 0);
  return check(data, {
    file: null,
    place: () => ({ line: null, column: null }),
    name: (path) => nameOf(data, path),
    written: (path) => valueAt(data, path),
  });
}

/** Nothing that the schema looks at is deeper; what is, goes as it is. */
const DEPTH_MAX = 8;

/** A field that is there and undefined is one that is not given. */
function withoutUndefined(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((item) => withoutUndefined(item, depth + 1));
  if (!isRecord(value)) return value;
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(given.map(([key, field]) => [key, withoutUndefined(field, depth + 1)]));
}

/** Names in place of indexes, where a name tells which one is meant. */
function nameOf(data: unknown, path: Path): string {
  return formatPath(
    path.map((step, index) => (typeof step === 'number' ? stepOf(data, path.slice(0, index), step) : step)),
  );
}

function stepOf(data: unknown, listPath: Path, index: number): string | number {
  const list = valueAt(data, listPath);
  const names: readonly unknown[] = Array.isArray(list) ? list.map((item: unknown) => valueAt(item, ['name'])) : [];
  const name = names[index];
  const tells = typeof name === 'string' && names.indexOf(name) === names.lastIndexOf(name);
  return tells ? name : index;
}
