/** Flags to what is planned: workloads, models, prices. Every complaint names flag, value, rule and way out. */
import { pricesFromYaml, printError } from '@spillway/config';
import {
  type ChosenModel,
  CSV_COLUMNS,
  type CsvColumn,
  chooseModel,
  type FiguresGiven,
  isNothing,
  listModels,
  type PlanAsk,
  type Shape,
  shapeFrom,
  type Workload,
} from '@spillway/planner';
import { type PriceTable, pricesIn } from '@spillway/policy';
import { UsedWrongly } from '../exit.ts';
import { CAPACITY_EXAMPLES, type CapacityFlags, share } from './capacity-flags.ts';

export type ReadFile = (file: string) => string;

const WORKLOADS_MAX = 100;

/** @throws UsedWrongly for what is missing or wrong. */
export function workloadsOf(flags: CapacityFlags, readFile: ReadFile): readonly Workload[] {
  const { workload = [] } = flags;
  if (workload.length > WORKLOADS_MAX)
    throw new UsedWrongly(`--workload: more than ${WORKLOADS_MAX}; put like ones together`);
  const own = hasShape(flags) || workload.length === 0 ? [mainWorkload(flags, readFile)] : [];
  const all = [...own, ...workload.map((text, at) => workloadFrom(text, at, { flags, readFile }))];
  if (all.every(isNothing)) throw new UsedWrongly('the workloads ask for no tokens; give calls and tokens above 0');
  return all;
}

function hasShape({ calls, promptTokens, answerTokens }: CapacityFlags): boolean {
  return calls !== undefined || promptTokens !== undefined || answerTokens !== undefined;
}

function mainWorkload(flags: CapacityFlags, readFile: ReadFile): Workload {
  const { calls, promptTokens, answerTokens, ptus } = flags;
  if (!hasShape(flags)) throw new UsedWrongly(NO_TRAFFIC);
  const missing = [
    ...(calls === undefined && ptus === undefined ? ['--calls (calls per minute at the peak, for example 1000)'] : []),
    ...(promptTokens === undefined ? ['--prompt-tokens (of an average call, for example 800)'] : []),
    ...(answerTokens === undefined ? ['--answer-tokens (of an average call, for example 200)'] : []),
  ];
  if (missing.length > 0) throw new UsedWrongly(`not given: ${missing.join(', ')}`);
  return {
    name: 'calls',
    // The reverse asks for a mix alone.
    callsPerMinute: calls ?? 1,
    prompt: shape('--prompt-tokens', promptTokens ?? '', readFile),
    answer: shape('--answer-tokens', answerTokens ?? '', readFile),
    cachedShare: flags.cacheRate ?? 0,
    maxTokens: flags.maxTokens ?? null,
  };
}

const NO_TRAFFIC = `nothing says how much traffic there is. Say it with --calls, --prompt-tokens and --answer-tokens, with --workload, or take what was measured with --from.${CAPACITY_EXAMPLES}`;

function shape(flag: string, text: string, readFile: ReadFile): Shape {
  const read = shapeFrom(text, readFile);
  if ('shape' in read) return read.shape;
  throw new UsedWrongly(`${flag}: ${read.problem}`);
}

const KEYS = ['name', 'calls', 'prompt', 'answer', 'cache', 'max'];

interface Around {
  readonly flags: CapacityFlags;
  readonly readFile: ReadFile;
}

/** `calls=600 prompt=800 answer=200`; what is not given of cache and bound is as the flags say. */
function workloadFrom(text: string, at: number, { flags, readFile }: Around): Workload {
  const wrong = (what: string) => new UsedWrongly(`--workload "${text}": ${what}`);
  const pairs = text
    .trim()
    .split(/\s+/)
    .map((part) => /^([a-z]+)=(.+)$/.exec(part));
  if (pairs.some((pair) => pair === null || !KEYS.includes(pair[1] ?? '')))
    throw wrong(`write ${KEYS.join('=…, ')}=… with blanks between, for example "calls=600 prompt=800 answer=200"`);
  const given = new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
  const missing = ['calls', 'prompt', 'answer'].filter((key) => !given.has(key));
  if (missing.length > 0) throw wrong(`${missing.join(', ')} not given; write for example ${missing[0]}=200`);
  const amount = (key: string): number | null => {
    const value = given.get(key);
    if (value === undefined) return null;
    if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value);
    throw wrong(`${key} ${value} is no number from 0`);
  };
  return {
    name: given.get('name') ?? `workload ${at + 1}`,
    callsPerMinute: amount('calls') ?? 0,
    prompt: shape(`--workload "${text}": prompt`, given.get('prompt') ?? '', readFile),
    answer: shape(`--workload "${text}": answer`, given.get('answer') ?? '', readFile),
    cachedShare: given.has('cache') ? cacheOf(given.get('cache') ?? '', wrong) : (flags.cacheRate ?? 0),
    maxTokens: amount('max') ?? flags.maxTokens ?? null,
  };
}

function cacheOf(text: string, wrong: (what: string) => Error): number {
  try {
    return share(text);
  } catch {
    throw wrong(`cache ${text} is not a share from 0 to 100 %; write 30% or 0.3`);
  }
}

/** @param names as the records name them, where they were measured. @throws UsedWrongly */
export function modelsOf(flags: CapacityFlags): readonly ChosenModel[] {
  const { model } = flags;
  if (model === undefined) {
    throw new UsedWrongly(
      '--model is not given; for example --model gpt-5.2, or --model all to compare; --list-models names them',
    );
  }
  const names = model.includes('all') ? listModels(flags.figures).map((each) => each.model) : model;
  return [...new Set(names)].map((name) => modelOf(name, flags));
}

export function modelOf(name: string, flags: CapacityFlags): ChosenModel {
  const chosen = chooseModel(name, figuresGiven(flags));
  if ('problem' in chosen) throw new UsedWrongly(chosen.problem);
  const inUnits = flags.ptus !== undefined ? '--ptus' : flags.try === true ? '--try' : null;
  if (chosen.missing !== null && inUnits !== null)
    throw new UsedWrongly(`${inUnits} is about PTUs, and of ${chosen.missing}`);
  return chosen;
}

function figuresGiven({ figures, inputTpmPerPtu, outputWeight, min, increment }: CapacityFlags): FiguresGiven {
  return {
    set: figures,
    ...(inputTpmPerPtu === undefined ? {} : { inputTokensPerMinutePerUnit: inputTpmPerPtu }),
    ...(outputWeight === undefined ? {} : { outputWeight }),
    ...(min === undefined ? {} : { unitsMin: min }),
    ...(increment === undefined ? {} : { unitsStep: increment }),
  };
}

/** Of each model: what the file says, and over it what flags say. @throws UsedWrongly */
export function pricesOf(flags: CapacityFlags, readFile: ReadFile): (model: string) => PlanAsk['prices'] {
  const own = {
    ...(flags.pricePtuHour === undefined ? {} : { ptuHour: flags.pricePtuHour }),
    ...(flags.pricePtuMonth === undefined ? {} : { ptuMonth: flags.pricePtuMonth }),
    ...(flags.pricePtuYear === undefined ? {} : { ptuYear: flags.pricePtuYear }),
    ...(flags.priceInput === undefined ? {} : { input: flags.priceInput }),
    ...(flags.priceCachedInput === undefined ? {} : { cachedInput: flags.priceCachedInput }),
    ...(flags.priceOutput === undefined ? {} : { output: flags.priceOutput }),
  };
  const table = flags.prices === undefined ? null : priceTable(flags.prices, readFile);
  const isByFlag = Object.keys(own).length > 0;
  return (model) => {
    const of = { ...(table === null ? {} : pricesIn(table, model, flags.type)), ...own };
    if (Object.keys(of).length === 0) return null;
    const currency = flags.currency ?? table?.origin.currency ?? '';
    if (table === null) return { of, origin: { currency, asOf: null, source: 'given by flags' } };
    return {
      of,
      origin: { ...table.origin, currency, source: `${table.origin.source}${isByFlag ? ', and flags' : ''}` },
    };
  };
}

function priceTable(file: string, readFile: ReadFile): PriceTable {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsedWrongly(`--prices ${file} cannot be read (${reason}); docs/capacity.md has an example`);
  }
  const read = pricesFromYaml(text, file);
  if (read.kind === 'ok') return read.table;
  throw new UsedWrongly(`--prices ${file} is not used:\n${read.errors.map(printError).join('\n')}`);
}

/** `time=When,prompt=In`. @throws UsedWrongly */
export function columnsOf({ columns = [] }: CapacityFlags): ReadonlyMap<CsvColumn, string> {
  const named = new Map<CsvColumn, string>();
  for (const pair of columns) {
    const [key = '', ...rest] = pair.split('=');
    const column = isColumn(key) ? key : null;
    if (column === null || rest.length === 0)
      throw new UsedWrongly(
        `--columns ${pair}: write ${Object.keys(CSV_COLUMNS).join('=…, ')}=… with the names of your header`,
      );
    named.set(column, rest.join('='));
  }
  return named;
}

function isColumn(key: string): key is CsvColumn {
  return Object.hasOwn(CSV_COLUMNS, key);
}
