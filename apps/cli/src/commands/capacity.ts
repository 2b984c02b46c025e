/** `spillway plan capacity`: reads traffic and prices, prints and writes what to buy. The work is in @spillway/planner. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CapacityPlan,
  type ChosenModel,
  capacityJson,
  capacityPage,
  listModels,
  type MeasuredTraffic,
  Meter,
  type PlanAsk,
  planCapacity,
  readTraffic,
} from '@spillway/planner';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { type Line, paintFor, plain, render } from '../lines.ts';
import { mustWrite } from '../must-write.ts';
import { columnsOf, modelOf, modelsOf, pricesOf, workloadsOf } from '../plan/capacity-ask.ts';
import type { CapacityFlags, CapacityIo } from '../plan/capacity-flags.ts';
import { CAPACITY_COLUMNS, modelLines, planLines } from '../plan/capacity-text.ts';

export async function capacity(flags: CapacityFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  if (flags.listModels) return list(flags, io);
  const traffics = flags.from === undefined ? given(flags) : await measured(flags, flags.from, io);
  if (flags.out !== undefined)
    mustWrite(`--out ${flags.out}`, 'folder', () => mkdirSync(flags.out ?? '', { recursive: true }));
  const prices = pricesOf(flags, readSmall);
  const plans = traffics.map(({ chosen, traffic }) =>
    planCapacity({
      chosen,
      traffic,
      place: flags.type,
      percentile: flags.percentile ?? null,
      units: flags.ptus ?? null,
      reserved: flags.reserved ?? null,
      prices: prices(chosen.facts.name),
    }),
  );
  tell(plans, flags, io);
  if (flags.out !== undefined) write(plans, flags.out, io);
  return EXIT.done;
}

function list({ figures, json }: CapacityFlags, io: CapacityIo): Exit {
  const models = listModels(figures);
  if (json) io.out(`${JSON.stringify(models, null, 2)}\n`);
  else print(modelLines(models), io);
  return EXIT.done;
}

type Planned = Pick<PlanAsk, 'traffic'> & { readonly chosen: ChosenModel };

function given(flags: CapacityFlags): readonly Planned[] {
  const workloads = workloadsOf(flags, readSmall);
  const { arrivals, seed, loadFactor = 1 } = flags;
  const traffic = { kind: 'given', workloads, arrivals, seed, loadFactor, isTried: flags.try === true } as const;
  return modelsOf(flags).map((chosen) => ({ chosen, traffic }));
}

/** With `--model` all records are planned on it; without, those of each model on that model. */
async function measured(flags: CapacityFlags, files: readonly string[], io: CapacityIo): Promise<readonly Planned[]> {
  const chosen = flags.model === undefined ? null : modelsOf(flags);
  const meter = new Meter(flags.maxTokens ?? null);
  const only = flags.only ?? null;
  const read = await readTraffic({ files, format: flags.format ?? null, columns: columnsOf(flags), only }, meter);
  if (read.problemCount > 0) {
    const more = read.problemCount - read.problems.length;
    throw new UsedWrongly(
      `--from: ${read.problems.map(plain).join('\n')}${more > 0 ? `\nand ${more} more` : ''}\nmend or remove these; nothing is planned from half of the traffic`,
    );
  }
  const { span } = meter;
  if (span === null) throw new UsedWrongly(nothingFound(flags, read.lines));
  io.err(`${read.records} records in ${read.lines} lines are read\n`);
  const planned = (names: readonly (string | null)[], one: ChosenModel): Planned => {
    const metered = meter.metered(names, one.facts, one.facts.name);
    return { chosen: one, traffic: measuredTraffic(files, names, metered, span) };
  };
  if (chosen !== null) return chosen.map((one) => planned(meter.models, one));
  return meter.models.map((name) => planned([name], modelOfRecords(name, flags)));
}

function modelOfRecords(name: string | null, flags: CapacityFlags): ChosenModel {
  if (name === null)
    throw new UsedWrongly('--from: records name no model; say with --model which one they are planned on');
  try {
    return modelOf(name, flags);
  } catch (error) {
    if (!(error instanceof UsedWrongly)) throw error;
    throw new UsedWrongly(
      `--from: records name the model ${plain(name)}. ${error.message}. --model NAME plans all records on one model, --only NAME,… leaves out the others`,
    );
  }
}

function measuredTraffic(
  files: readonly string[],
  names: readonly (string | null)[],
  metered: MeasuredTraffic['metered'],
  span: { readonly fromMs: number; readonly minutes: number },
): MeasuredTraffic {
  const { calls, unknownCalls } = metered;
  const models = names.map((name) => name ?? 'not named');
  const from = new Date(span.fromMs).toISOString().replace(':00.000Z', 'Z');
  return {
    kind: 'measured',
    metered,
    source: { kind: 'measured', files, models, calls, unknownCalls, from, minutes: span.minutes },
  };
}

function nothingFound({ only, from = [] }: CapacityFlags, lines: number): string {
  const which = only === undefined ? '' : ` of ${only.join(', ')}`;
  return `--from ${from.join(', ')}: no record${which} in ${lines} lines. A log is written by spillway gateway --log-format json; a CSV file is named .csv or told by --format csv`;
}

function tell(plans: readonly CapacityPlan[], { json }: CapacityFlags, io: CapacityIo): void {
  if (json) io.out(capacityJson(plans));
  else print(plans.flatMap(planLines), io);
}

function write(plans: readonly CapacityPlan[], folder: string, io: CapacityIo): void {
  const page = join(folder, 'report.html');
  mustWrite(`--out ${folder}`, 'folder', () => writeFileSync(page, capacityPage(plans)));
  io.err(`${page} is written\n`);
}

/** Histograms and prices are small. Bytes. */
const SMALL_BYTES_MAX = 1024 * 1024;

function readSmall(file: string): string {
  if (statSync(file).size > SMALL_BYTES_MAX) throw new Error(`it is larger than ${SMALL_BYTES_MAX} bytes`);
  return readFileSync(file, 'utf8');
}

function print(lines: readonly Line[], { out, paint }: CapacityIo): void {
  out(lines.map((line) => `${render(line, CAPACITY_COLUMNS, paint)}\n`).join(''));
}

function ioOf(env: Environment): CapacityIo {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    paint: paintFor(process.stdout, env),
  };
}
