/** Runs within the process of a test file (`node --test-reporter`): writes down how each test ended. The counting is done elsewhere. */
import { AssertionError } from 'node:assert';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import { formatEnd, formatEnding, formatNote } from './test-ending.ts';

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** Counts that Node appends as diagnostics. */
const SUMMARY = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** A default export, because `--test-reporter` asks for one. */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') yield formatEnding(endingOf(event));
    if (event.type === 'test:diagnostic' && !SUMMARY.test(event.data.message)) yield formatNote(event.data.message);
  }
  yield formatEnd();
}

function endingOf(event: Ended) {
  const { name, line, file, skip, todo, details } = event.data;
  const error = event.type === 'test:fail' ? event.data.details.error : null;
  return {
    kind: details.type ?? 'test',
    name,
    line: line ?? null,
    file: file ?? null,
    passed: error === null,
    skip: reasonOf(skip),
    todo: reasonOf(todo),
    error: error === null ? '' : errorText(error.cause ?? error),
    byChild: error !== null && 'failureType' in error && error.failureType === 'subtestsFailed',
  };
}

/** Without the frames of Node itself, and without the properties of an assertion: its message holds the difference. */
function errorText(error: unknown): string {
  if (typeof error === 'string') return error;
  const text = error instanceof AssertionError ? (error.stack ?? error.message) : inspect(error);
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:internal\//.test(line))
    .join('\n');
}

function reasonOf(given: string | boolean | undefined): string | null {
  if (given === undefined || given === false) return null;
  return given === true ? '' : given;
}
