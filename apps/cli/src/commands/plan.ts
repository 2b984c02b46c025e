/** `spillway plan lab`: runs scenarios, prints figures and promises, writes the report. The work is in @spillway/planner. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@spillway/clock';
import { printError } from '@spillway/config';
import {
  isOverLimit,
  type LabView,
  labJson,
  pageOf,
  type RunLabOptions,
  readScenarioFile,
  runLab,
  type Scenario,
  shippedNames,
  shippedScenario,
  svgOf,
} from '@spillway/planner';
import { STRATEGY_NAMES, type StrategyName } from '@spillway/policy';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { type Line, type Paint, paintFor, render } from '../lines.ts';
import { mustWrite } from '../must-write.ts';
import { QUICK_SEEDS } from '../plan/command-line.ts';
import { Progress } from '../plan/progress.ts';
import { COLUMNS, listLines, scenarioLines, summaryLines } from '../plan/text.ts';

export interface LabFlags {
  readonly scenario?: readonly string[];
  readonly seeds: number;
  readonly seed: number;
  readonly strategy?: readonly StrategyName[];
  readonly minutes?: number;
  readonly quick?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

/** What the command needs of the world; tests give their own. */
export interface LabIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: Paint;
  /** Whether progress may draw in place. */
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
  readonly run: (options: RunLabOptions) => Promise<LabView>;
}

export async function lab(flags: LabFlags, env: Environment, io = ioOf(env)): Promise<Exit> {
  if (flags.list) return list(flags, io);
  const scenarios = chosen(flags).map((one) => cut(one, flags.minutes));
  if (flags.out !== undefined)
    mustWrite(`--out ${flags.out}`, 'folder', () => mkdirSync(flags.out ?? '', { recursive: true }));
  const view = await ran(scenarios, flags, io);
  tell(view, flags, io);
  if (flags.out !== undefined) write(view, flags.out, io);
  return view.scenarios.some(({ promises }) => promises.some(({ holds }) => !holds)) ? EXIT.failed : EXIT.done;
}

function list({ json }: LabFlags, io: LabIo): Exit {
  const listed = shippedNames().map((name) => ({ name, why: shippedScenario(name).why }));
  if (json) io.out(`${JSON.stringify(listed, null, 2)}\n`);
  else print(listLines(listed), io);
  return EXIT.done;
}

/** @throws UsedWrongly for a scenario that is neither shipped nor a good file. */
function chosen({ scenario }: LabFlags): readonly Scenario[] {
  const shipped = shippedNames();
  return (scenario ?? shipped).map((name) => (shipped.includes(name) ? shippedScenario(name) : fromFile(name)));
}

function fromFile(file: string): Scenario {
  if (!/\.ya?ml$/.test(file)) {
    throw new UsedWrongly(
      `--scenario ${file} is none of the shipped ones; spillway plan lab --list names them, and a file of your own ends in .yaml`,
    );
  }
  const read = readScenarioFile(file);
  if (read.kind === 'ok') return read.scenario;
  throw new UsedWrongly(`--scenario ${file} is not used:\n${read.errors.map(printError).join('\n')}`);
}

function cut(scenario: Scenario, minutes: number | undefined): Scenario {
  if (minutes === undefined || scenario.seconds <= minutes * 60) return scenario;
  const seconds = Math.max(1, Math.round(minutes * 60));
  // At least half of the run is measured.
  return { ...scenario, seconds, warmUpSeconds: Math.min(scenario.warmUpSeconds, Math.floor(seconds / 2)) };
}

async function ran(scenarios: readonly Scenario[], flags: LabFlags, io: LabIo): Promise<LabView> {
  const progress = new Progress({ write: io.err, isTerminal: io.isTerminal, nowMs: io.nowMs });
  const { strategy, quick } = flags;
  try {
    return await io.run({
      scenarios,
      strategies: strategy ?? (quick ? ['headroom', 'random-in-priority'] : STRATEGY_NAMES),
      firstSeed: flags.seed,
      seeds: quick ? Math.min(flags.seeds, QUICK_SEEDS) : flags.seeds,
      isDrawn: flags.out !== undefined,
      onProgress: (what, done, total) => progress.tell(what, done, total),
    });
  } catch (error) {
    throw isOverLimit(error) ? new UsedWrongly(error.message) : error;
  } finally {
    progress.end();
  }
}

function tell(view: LabView, { json }: LabFlags, io: LabIo): void {
  if (json) return io.out(labJson(view));
  print([...view.scenarios.flatMap(scenarioLines), ...summaryLines(view)], io);
}

function write(view: LabView, folder: string, io: LabIo): void {
  const page = join(folder, 'report.html');
  mustWrite(`--out ${folder}`, 'folder', () => {
    writeFileSync(page, pageOf(view));
    for (const one of view.scenarios) writeFileSync(join(folder, `${fileNameOf(one)}.svg`), svgOf(one));
  });
  io.err(`${page} is written, and ${view.scenarios.length} SVG beside it\n`);
}

/** A name from a file of somebody's own may not lead out of the folder. */
function fileNameOf({ name }: { readonly name: string }): string {
  return name.replace(/[^\w-]+/g, '-');
}

function print(lines: readonly Line[], { out, paint }: LabIo): void {
  out(lines.map((line) => `${render(line, COLUMNS, paint)}\n`).join(''));
}

function ioOf(env: Environment): LabIo {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    paint: paintFor(process.stdout, env),
    isTerminal: process.stderr.isTTY === true,
    nowMs: () => systemClock.nowMs(),
    run: runLab,
  };
}
