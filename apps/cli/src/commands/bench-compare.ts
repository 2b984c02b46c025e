/** `spillway bench compare`: two reports beside each other; exit 1 where the second is worse by more than may be. */
import { readFileSync } from 'node:fs';
import { CHANCE, comparisonLines, differences, ReportError, type RunReport, reportOf, worseBy } from '@spillway/bench';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';

export interface CompareFlags {
  readonly json?: boolean;
  readonly failIfWorse?: string;
}

type Out = Pick<NodeJS.WriteStream, 'write'>;

export function compare(
  files: readonly [before: string, after: string],
  flags: CompareFlags,
  out: Out = process.stdout,
  err: Out = process.stderr,
): Exit {
  const share = flags.failIfWorse === undefined ? null : shareOf(flags.failIfWorse);
  const [before, after] = [read(files[0]), read(files[1])];
  const pairs = before.targets.flatMap((a, i) => {
    const b = after.targets[i];
    return b === undefined ? [] : [{ a, b, differences: differences(a, b) }];
  });
  if (before.targets.length !== after.targets.length)
    err.write(
      `${files[0]} has ${before.targets.length} targets, ${files[1]} has ${after.targets.length}: only the first is compared\n`,
    );
  const worse =
    share === null ? [] : pairs.flatMap(({ b, differences: all }) => told(b.name, worseBy(share, all), pairs.length));
  if (flags.json) {
    const targets = pairs.map(({ a, b, differences: all }) => ({ before: a.name, after: b.name, differences: all }));
    out.write(`${JSON.stringify({ before: files[0], after: files[1], targets, worse })}\n`);
  } else {
    for (const { a, b, differences: all } of pairs)
      out.write(`${comparisonLines([`${a.name} (${files[0]})`, `${b.name} (${files[1]})`], all).join('\n')}\n`);
  }
  for (const warning of unlike(before, after)) err.write(`${warning}\n`);
  for (const one of worse) err.write(`--fail-if-worse ${flags.failIfWorse}: ${one}\n`);
  return worse.length > 0 ? EXIT.failed : EXIT.done;
}

function told(name: string, worse: readonly string[], targets: number): readonly string[] {
  return targets > 1 ? worse.map((text) => `${name}: ${text}`) : worse;
}

/** Why the two cannot be held against each other. */
function unlike(before: RunReport, after: RunReport): readonly string[] {
  const open = ({ mode }: RunReport) => mode.startsWith('open');
  return [
    ...(open(before) === open(after)
      ? []
      : ['warning: one run was in open loop and one in closed loop: their latencies say different things']),
    ...[before, after].flatMap(({ isValid }, i) =>
      isValid ? [] : [`warning: the ${i === 0 ? 'first' : 'second'} run is invalid, its sender was late`],
    ),
  ];
}

function read(file: string): RunReport {
  try {
    return reportOf(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof ReportError) throw new UsedWrongly(error.message);
    const reason = error instanceof Error ? error.message : 'no reason given';
    throw new UsedWrongly(`${file} cannot be read (${reason}); give the report.json of two runs`);
  }
}

/** Below {@link CHANCE} a difference is none. */
function shareOf(text: string): number {
  const [, number = '', percent = ''] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  const share = number === '' ? Number.NaN : Number(number) / (percent === '' ? 1 : 100);
  if (share >= CHANCE) return share;
  throw new UsedWrongly(
    `--fail-if-worse ${text}: is no share from ${100 * CHANCE}% on; write one such as 10%, smaller differences are taken for chance`,
  );
}
