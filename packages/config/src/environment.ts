/**
 * The environment to a Config: the variables of the Container Apps sample, unchanged (wire §10.1), and further ones in
 * the same manner (design §6). They are brought to the form of the file, so that one set of rules checks both.
 */
import { compile } from './compile.ts';
import { DEFAULT_GATEWAY, type Loaded } from './config.ts';
import { Findings } from './findings.ts';
import { DURATION_MS_MAX } from './kinds.ts';
import type { Path, Source } from './place.ts';
import { didYouMean } from './suggest.ts';
import { backendUrl } from './url.ts';
import { FAMILIES, type Family, parseVariable, TIMEOUT_VARIABLE, TLS_VARIABLES } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** Values of one backend or client, by the key of the file. */
type Entry = Record<string, string | number>;

export function configFromEnvironment(env: Environment): Loaded {
  const read = readVariables(env);
  const source = environmentSource(env, read);
  const findings = new Findings(source);
  for (const { path, rule, remedy } of read.problems) findings.add(path, { rule, remedy });
  const seconds = timeoutSeconds(env, findings);
  const data = {
    backends: withBackendNames(read.numbers.BACKEND, read.entries.BACKEND),
    clients: read.numbers.CLIENT.map((n) => ({ name: `client-${n}`, ...read.entries.CLIENT.get(n) })),
    ...(seconds === null ? {} : { timeouts: timeoutsOf(seconds) }),
    ...tlsOf(env),
  };
  if (data.backends.length === 0) findings.add(['backends'], NO_BACKEND);
  return compile(data, source, findings);
}

const NO_BACKEND = {
  rule: 'is not set, and no configuration file is given',
  remedy: 'set BACKEND_1_URL (and BACKEND_1_APIKEY), or start with --config spillway.yaml',
};

interface Variables {
  /** In order; gaps are allowed. */
  readonly numbers: Readonly<Record<Family, readonly number[]>>;
  readonly entries: Readonly<Record<Family, ReadonlyMap<number, Entry>>>;
  readonly problems: ReadonlyArray<{ readonly path: Path; readonly rule: string; readonly remedy: string }>;
}

/** A blank variable is the same as none: templates often leave some empty. */
function readVariables(env: Environment): Variables {
  const entries = { BACKEND: new Map<number, Entry>(), CLIENT: new Map<number, Entry>() };
  const problems: Array<Variables['problems'][number]> = [];
  for (const name of Object.keys(env).toSorted()) {
    const value = env[name]?.trim() ?? '';
    const parsed = value === '' ? null : parseVariable(name);
    if (parsed === null) continue;
    const { family, number, suffix } = parsed;
    const variable = FAMILIES[family].find((known) => known.suffix === suffix);
    const problem = nameProblem(parsed, variable !== undefined);
    if (problem !== null) problems.push({ path: [name], ...problem });
    if (problem !== null || variable === undefined) continue;
    const entry = entries[family].get(Number(number)) ?? {};
    entry[variable.key] = variable.kind === 'number' ? numberOr(value) : value;
    entries[family].set(Number(number), entry);
  }
  const numbers = { BACKEND: inOrder(entries.BACKEND), CLIENT: inOrder(entries.CLIENT) };
  return { numbers, entries, problems };
}

function inOrder(entries: ReadonlyMap<number, Entry>): readonly number[] {
  return [...entries.keys()].toSorted((a, b) => a - b);
}

/** The longest number that stays exact, with room to spare. */
const NUMBER_DIGITS_MAX = 9;

function nameProblem(
  name: { readonly family: Family; readonly number: string; readonly suffix: string },
  known: boolean,
) {
  const { family, number, suffix } = name;
  if (!known) {
    const suffixes = FAMILIES[family].map((variable) => variable.suffix);
    const near = didYouMean(suffix, suffixes).replace(/^did you mean (.*)\?$/, `did you mean ${family}_${number}_$1?`);
    return { rule: `is not a variable of a ${family.toLowerCase()}`, remedy: near };
  }
  if (/^0./.test(number))
    return { rule: 'has a leading zero in its number', remedy: `write ${family}_${Number(number)}_${suffix}` };
  if (number.length > NUMBER_DIGITS_MAX)
    return { rule: `has a number of more than ${NUMBER_DIGITS_MAX} digits`, remedy: 'count from 1' };
  return null;
}

/** What is no plain number stays text, and the schema says so. */
function numberOr(value: string): number | string {
  return /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

/** Names that are given are kept; the others come from the host, and get their number where they would meet another. */
function withBackendNames(numbers: readonly number[], entries: ReadonlyMap<number, Entry>): readonly Entry[] {
  const backends = numbers.map((number) => ({ number, entry: entries.get(number) ?? {} }));
  const taken = new Set(backends.map(({ entry }) => String(entry.name ?? '').toLowerCase()));
  return backends.map(({ number, entry }) => {
    if (entry.name !== undefined) return entry;
    const label = hostLabel(String(entry.url ?? ''));
    const name = label === null ? `backend-${number}` : taken.has(label) ? `${label}-${number}` : label;
    taken.add(name);
    return { name, ...entry };
  });
}

/** `openai1` of `openai1.openai.azure.com`; a whole address of digits; null where that makes no name. */
function hostLabel(url: string): string | null {
  const host = backendUrl(url)?.host ?? '';
  const label = /^[\d.]+$/.test(host) ? host : (host.split('.')[0] ?? '');
  return /^[a-z0-9][a-z0-9._-]{0,50}$/.test(label) ? label : null;
}

const SECONDS_MAX = DURATION_MS_MAX / 1_000;

function timeoutSeconds(env: Environment, findings: Findings): number | null {
  const text = env[TIMEOUT_VARIABLE]?.trim() ?? '';
  if (text === '') return null;
  const seconds = numberOr(text);
  if (typeof seconds === 'number' && seconds >= 0.001 && seconds <= SECONDS_MAX) return seconds;
  const rule = `is not a number of seconds above 0 and up to ${SECONDS_MAX}`;
  findings.add([TIMEOUT_VARIABLE], { rule, remedy: 'give for example 100, or remove it' });
  return null;
}

/** The sample's one timeout bounds each wait; the whole exchange may take at least as long. */
function timeoutsOf(seconds: number) {
  const ms = Math.round(seconds * 1_000);
  return { firstByteMs: ms, idleMs: ms, totalMs: Math.max(ms, DEFAULT_GATEWAY.timeouts.totalMs) };
}

/** One of them alone is an error that names the other. */
function tlsOf(env: Environment): { readonly tls?: Entry } {
  const given = Object.entries(TLS_VARIABLES).map(([key, name]) => [key, env[name]?.trim() ?? ''] as const);
  const tls = Object.fromEntries(given.filter(([, file]) => file !== ''));
  return Object.keys(tls).length === 0 ? {} : { tls };
}

/** Places are names of variables: the same ones that were read, or the one that is missing. */
function environmentSource(env: Environment, read: Variables): Source {
  const name = (path: Path): string => variableOf(path, read.numbers);
  return {
    file: null,
    place: () => ({ line: null, column: null }),
    name,
    written: (path) => (hidesValue(name(path)) ? undefined : env[name(path)]?.trim()),
  };
}

function variableOf(path: Path, numbers: Variables['numbers']): string {
  const [list, index, key] = path;
  if (list === 'timeouts') return TIMEOUT_VARIABLE;
  if (list === 'tls') return TLS_VARIABLES[String(index)] ?? 'tls';
  if (list !== 'backends' && list !== 'clients') return String(list ?? '');
  const family = list === 'backends' ? 'BACKEND' : 'CLIENT';
  const number = typeof index === 'number' ? (numbers[family][index] ?? 1) : 1;
  const missing = family === 'BACKEND' ? 'URL' : 'KEY';
  const suffix = FAMILIES[family].find((variable) => variable.key === key)?.suffix ?? missing;
  return `${family}_${number}_${suffix}`;
}

/** A variable that is not known may be a misspelt key. */
function hidesValue(name: string): boolean {
  const parsed = parseVariable(name);
  return parsed !== null && !FAMILIES[parsed.family].some((variable) => variable.suffix === parsed.suffix);
}
