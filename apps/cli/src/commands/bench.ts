/** `spillway bench load`: sends load, tells how it goes, and what came of it. The work is in @spillway/bench. */
import {
  authorizationOf,
  brokenBy,
  CredentialError,
  type Demands,
  Failures,
  fetchMetrics,
  type LoadRun,
  type Monitor,
  modeOf,
  monitorOf,
  ReplayError,
  RunError,
  type RunReport,
  reportText,
  responsesNotes,
  type Threshold,
} from '@spillway/bench';
import { dryRun } from '../bench/dry-run.ts';
import { type Asked, askedBy, type BenchFlags, toldOf } from '../bench/flags.ts';
import { type BenchIo, benchIo } from '../bench/io.ts';
import { type Keep, keepOf } from '../bench/keep.ts';
import { type RunShow, showOf } from '../bench/show.ts';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { type Press, Presses } from '../stop.ts';
import { version } from '../version.ts';

export async function load(flags: BenchFlags, env: Environment, io = benchIo(env)): Promise<Exit> {
  try {
    const asked = askedBy(flags);
    return flags.dryRun === true ? await dryRun(asked, flags.json === true, io) : await ran(flags, asked, io);
  } catch (error) {
    const isOwn = error instanceof RunError || error instanceof CredentialError || error instanceof ReplayError;
    if (isOwn) throw new UsedWrongly(error.message);
    throw error;
  }
}

const CONTENT_NOTE =
  'note: --log-request-content writes prompts and answers to files; they may be private, keys are left out';

async function ran(flags: BenchFlags, asked: Asked, io: BenchIo): Promise<Exit> {
  const { spec, format, prices } = asked;
  const keep = keepOf(flags, spec, io.clock.nowMs());
  const show = showOf({ mode: modeOf(spec), format, isJson: flags.json === true }, io);
  const monitor = monitorFor(asked, io, show);
  const failures = new Failures(spec.targets);
  if (spec.logContent) show.note(CONTENT_NOTE);
  for (const note of responsesNotes(spec.targets)) show.note(note);
  const run = io.start(spec, {
    clock: io.clock,
    madeBy: `spillway ${version}`,
    told: toldOf(flags),
    prices,
    onLine: (line, progress) => {
      keep.line(line, progress);
      show.line(line, progress);
    },
    onResult: (result, startedAtMs) => {
      keep.add(result, startedAtMs);
      failures.add(result);
      show.add(result);
    },
    onNote: (note) => show.note(note),
    monitor: monitor === null ? undefined : (fromMs, toMs) => monitor.read(fromMs, toMs),
  });
  const ended = await untilEnded(run, { keep, monitor, io }).finally(() => show.close());
  if (ended.kind === 'failed') {
    keep.end(null, { count: 0, broken: [] });
    throw ended.error;
  }
  return conclude(ended.report, { flags, thresholds: asked.thresholds, failures, keep, io });
}

type Ended =
  | { readonly kind: 'report'; readonly report: RunReport }
  | { readonly kind: 'failed'; readonly error: unknown };

interface Interrupted {
  readonly keep: Keep;
  readonly monitor: Monitor | null;
  readonly io: BenchIo;
}

/** Ctrl-C: the first sends no more, another one ends what is under way; neither waits for Azure Monitor. */
async function untilEnded(run: LoadRun, { keep, monitor, io }: Interrupted): Promise<Ended> {
  const presses = new Presses();
  const interrupt = (): void => {
    const press: Press = presses.press(io.clock.nowMs());
    if (press === 'same') return;
    if (press === 'first') keep.interrupted();
    monitor?.cancel();
    run.interrupt();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return { kind: 'report', report: await run.report };
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function monitorFor({ monitor }: Asked, { clock, env }: BenchIo, show: RunShow): Monitor | null {
  if (monitor === null) return null;
  return monitorOf(monitor, {
    clock,
    get: (url) => fetchMetrics(url, () => authorizationOf(monitor.url, env)),
    onNote: (note) => show.note(note),
  });
}

interface Concluding {
  readonly flags: BenchFlags;
  readonly thresholds: readonly Threshold[];
  readonly failures: Failures;
  readonly keep: Keep;
  readonly io: BenchIo;
}

function conclude(report: RunReport, { flags, thresholds, failures, keep, io }: Concluding): Exit {
  const demands = demandsOf(report, thresholds);
  if (flags.json) io.out(`${JSON.stringify(report)}\n`);
  else io.err(reportText(report));
  for (const line of failures.lines()) io.err(`${line}\n`);
  for (const one of demands.broken) io.err(`--fail-if ${one}\n`);
  for (const one of keep.end(report, demands)) io.err(`${one}\n`);
  const answered = report.targets.every(({ calls }) => calls.ok + calls.length > 0);
  return demands.broken.length === 0 && report.isValid && answered ? EXIT.done : EXIT.failed;
}

function demandsOf({ targets }: RunReport, thresholds: readonly Threshold[]): Demands {
  const broken = targets.flatMap((target) =>
    thresholds.flatMap((threshold) => {
      const found = brokenBy(threshold, target);
      if (found === null) return [];
      return [targets.length > 1 ? `${target.name}: ${found}` : found];
    }),
  );
  return { count: thresholds.length * targets.length, broken };
}
