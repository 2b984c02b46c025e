/** How one test or suite ended: a line of JSON, written by the process that ran the test and read by the one that counts. */

export interface TestEnding {
  readonly kind: 'test' | 'suite';
  readonly name: string;
  readonly line: number | null;
  /** Absolute path of the file that holds it; null where Node does not say. */
  readonly file: string | null;
  readonly passed: boolean;
  /** Why it was skipped, '' where no reason was given; null where it was not skipped. */
  readonly skip: string | null;
  readonly todo: string | null;
  /** What was thrown, printed. '' where it passed. */
  readonly error: string;
  /** A suite or test fails also when one within has; that is not counted as a failure of its own for suites. */
  readonly byChild: boolean;
}

/** Last line of a report: without it the process ended before its tests did. */
const END_LINE = 'end';

export function formatEnding(ending: TestEnding): string {
  return `${JSON.stringify(ending)}\n`;
}

/** Something a test said of itself (a seed), or Node about it (an error after its end). */
export function formatNote(note: string): string {
  return `${JSON.stringify({ note })}\n`;
}

export function formatEnd(): string {
  return `${END_LINE}\n`;
}

export interface TestReport {
  readonly endings: readonly TestEnding[];
  readonly notes: readonly string[];
  readonly complete: boolean;
}

export function parseReport(text: string): TestReport {
  const lines = text.split('\n').filter((line) => line !== '');
  const values = lines.map(parseLine);
  return {
    complete: lines.at(-1) === END_LINE,
    endings: values.filter(isTestEnding),
    notes: values.filter(isNote).map(({ note }) => note),
  };
}

/** A line cut short by a crash is nothing; the missing last line tells of it. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isTestEnding(value: unknown): value is TestEnding {
  return typeof value === 'object' && value !== null && 'kind' in value && 'byChild' in value;
}

function isNote(value: unknown): value is { readonly note: string } {
  return typeof value === 'object' && value !== null && 'note' in value && typeof value.note === 'string';
}
