/** Reads a report back, such as `--out` and `--json` write them. */
import type { RunReport, TargetSummary } from '../measure/report.ts';
import { NOT_ADJUSTED } from '../network/adjust.ts';
import { UNMEASURED } from '../network/network.ts';

const REPORT_FORMAT = 'spillway-bench/1';

/** What reports of earlier versions have not. */
const LATER: Pick<TargetSummary, 'network' | 'adjusted' | 'hedges'> = {
  network: UNMEASURED,
  adjusted: NOT_ADJUSTED,
  hedges: { sent: 0, won: 0 },
};

/** The file is none; the message says what is. */
export class ReportError extends Error {}

/** @param name of the file, for errors. @throws ReportError. */
export function reportOf(text: string, name: string): RunReport {
  const report = jsonOf(text, name);
  if (isReport(report)) return { ...report, targets: report.targets.map((target) => ({ ...LATER, ...target })) };
  const format = typeof report === 'object' && report !== null && 'format' in report ? String(report.format) : 'none';
  throw new ReportError(
    `${name}: is no report of a run (its format is ${format.slice(0, 40)}, ${REPORT_FORMAT} is wanted); spillway bench load --out FOLDER writes report.json`,
  );
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ReportError(`${name}: is no JSON; spillway bench load --out FOLDER writes report.json`);
  }
}

/** By its mark and the parts that are read here: who writes the mark writes the rest. */
function isReport(value: unknown): value is RunReport {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === REPORT_FORMAT &&
    'targets' in value &&
    Array.isArray(value.targets) &&
    value.targets.every((target: unknown) => isTarget(target)) &&
    'run' in value &&
    typeof value.run === 'object' &&
    value.run !== null
  );
}

const PARTS = ['calls', 'tpm', 'e2e', 'ttft', 'tbt', 'e2eIntended', 'gap', 'utilisation', 'contextTokens', 'genTokens'];

function isTarget(target: unknown): boolean {
  if (typeof target !== 'object' || target === null) return false;
  return PARTS.every((name) => typeof Reflect.get(target, name) === 'object' && Reflect.get(target, name) !== null);
}
