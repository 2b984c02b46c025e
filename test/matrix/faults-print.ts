/** The fault matrix as people read it: a row for each fault and moment, a column for each endpoint. */
import type { FaultResult } from './faults-run.ts';
import type { Ending, Moment } from './faults-wanted.ts';

const MARKS: Readonly<Record<Ending, string>> = {
  elsewhere: 'E',
  told: 'T',
  ended: 'W',
  passed: 'P',
  without: 'L',
  broken: 'B',
  none: '.',
};

const MEANINGS: Readonly<Record<Ending, string>> = {
  elsewhere: 'another resource served it; the client saw nothing',
  told: 'an error, whole and at once',
  ended: 'the stream ended with one error event, whole; nothing was replayed',
  passed: 'as the resource sent it',
  without: 'the list without that resource',
  broken: 'the client sees the connection break',
  none: 'cannot happen there',
};

const MOMENTS: Readonly<Record<Moment, string>> = {
  connect: 'connect',
  head: 'head',
  before: 'before commit',
  after: 'after commit',
  end: 'end',
};

export function printFaults(results: readonly FaultResult[]): string {
  const endpoints = [...new Set(results.map(({ endpoint }) => endpoint.name))];
  const faults = [...new Set(results.map(({ fault }) => fault))];
  const rows = faults.map((fault) => {
    const cells = results.filter((result) => result.fault === fault);
    const marks = cells.map(({ wanted, problem }) => (problem === null ? MARKS[wanted.ending] : 'X'));
    return `${MOMENTS[fault.moment].padEnd(15)}${fault.name.padEnd(28)}${marks.map((mark) => mark.padEnd(3)).join('')}`;
  });
  return [
    ...endpoints.map((name, i) => `${' '.repeat(43 + 3 * i)}${name}`),
    ...rows,
    '',
    ...reasons(results),
    ...failures(results),
    '',
    faultSummary(results),
  ].join('\n');
}

/** Each ending with its reasons, and how many cells have each. */
function reasons(results: readonly FaultResult[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { wanted } of results) {
    const line = `${MARKS[wanted.ending]}  ${MEANINGS[wanted.ending]}: ${wanted.why}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].sort().map(([line, count]) => `${line} (${count} cells)`);
}

function failures(results: readonly FaultResult[]): readonly string[] {
  return results.flatMap(({ fault, endpoint, problem }) =>
    problem === null ? [] : [`X  ${endpoint.name}, ${MOMENTS[fault.moment]}, ${fault.name}: ${problem}`],
  );
}

function faultSummary(results: readonly FaultResult[]): string {
  const failed = results.filter(({ problem }) => problem !== null).length;
  return `${results.length} cells, ${failed} failed. Nothing was begun twice at a resource, nothing hung, and no connection broke but where it says so (B).`;
}
