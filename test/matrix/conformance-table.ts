/** All cells of the conformance matrix, and how they are printed. */
import { ANSWERS } from './flows-answers.ts';
import { OBJECTS } from './flows-objects.ts';
import { KEPT_ANSWERS } from './flows-responses.ts';
import { SOCKETS } from './flows-sockets.ts';
import { type Cell, runFlow } from './run-flow.ts';
import { DIALECTS, type Dialect, type Flow, type Step, wayOf } from './step.ts';
import { FLEETS, type FleetKind, twins } from './twins.ts';

export const FLOWS: readonly Flow[] = [...ANSWERS, ...KEPT_ANSWERS, ...OBJECTS, ...SOCKETS];

export interface Result {
  readonly flow: Flow;
  readonly step: Step;
  readonly dialect: Dialect;
  readonly fleet: FleetKind;
  readonly cell: Cell;
}

/** Each fleet begins anew, so that no cell depends on another fleet's. */
export async function runMatrix(flows: readonly Flow[], dialects: readonly Dialect[] = DIALECTS): Promise<Result[]> {
  const results: Result[] = [];
  for (const fleet of FLEETS) {
    for (const dialect of dialects) {
      const of = await twins(fleet, fleet !== 'other' ? 'both' : usesV1(dialect) ? 'classic' : 'v1');
      try {
        for (const flow of flows) {
          const cells = await runFlow(of, flow, dialect);
          results.push(...cells.map((cell, i) => ({ flow, step: flow.steps[i] ?? never(), dialect, fleet, cell })));
        }
      } finally {
        await of.close();
      }
    }
  }
  return results;
}

function usesV1(dialect: Dialect): boolean {
  return dialect === 'v1';
}

function never(): never {
  throw new Error('a cell without a step');
}

export function isFailed({ cell }: Result): boolean {
  return cell.kind === 'different' || cell.kind === 'needs';
}

const MARKS: Readonly<Record<Cell['kind'], string>> = {
  same: '=',
  sealed: '~',
  union: 'u',
  absent: '-',
  needs: '!',
  different: 'X',
};

const LEGEND = `=  equal byte for byte, headers too      ~  equal but for ids, which are sealed and lead home
u  the lists of all owners, one after the other: no single resource has them all, so there is nothing to be equal to
-  Azure has no such operation in this dialect (reasons below)      X  a client could tell      !  not reached
Columns of each dialect: one backend, three backends, the same with two replicas of the gateway, one backend that is
sent to in another dialect.
bare: without /openai, which Azure does not serve; compared with the same request below /openai.`;

export function printMatrix(results: readonly Result[]): string {
  const rows = new Map<string, Result[]>();
  for (const result of results) {
    const row = `${result.step.does.padEnd(42)}${wayOf(result.step).padEnd(11)}`;
    const key = `${result.flow.name}\0${row}`;
    rows.set(key, [...(rows.get(key) ?? []), result]);
  }
  const lines = [`${' '.repeat(53)}${DIALECTS.map((dialect) => dialect.padEnd(12)).join('')}`];
  let flow = '';
  for (const [key, cells] of rows) {
    const [name = '', row = ''] = key.split('\0');
    if (name !== flow) lines.push(`\n${name}`);
    flow = name;
    lines.push(row + DIALECTS.map((dialect) => marksOf(cells, dialect).padEnd(12)).join(''));
  }
  return [...lines, '', LEGEND, ...reasons(results), ...failures(results), '', summary(results)].join('\n');
}

function marksOf(cells: readonly Result[], wanted: Dialect): string {
  const marks = FLEETS.map((kind) => cells.find(({ dialect, fleet }) => dialect === wanted && fleet === kind)?.cell);
  return marks.map((cell) => (cell === undefined ? ' ' : MARKS[cell.kind])).join(' ');
}

function reasons(results: readonly Result[]): readonly string[] {
  return [...new Set(results.flatMap(({ cell }) => (cell.kind === 'absent' ? [`-  ${cell.why}`] : [])))];
}

function failures(results: readonly Result[]): readonly string[] {
  return results.filter(isFailed).map(({ flow, step, dialect, fleet, cell }) => {
    const why = cell.kind === 'different' ? cell.how : cell.kind === 'needs' ? cell.why : '';
    return `${cell.kind === 'needs' ? '!' : 'X'}  ${flow.name}: ${step.does}, ${dialect}, ${fleet}: ${why}`;
  });
}

function summary(results: readonly Result[]): string {
  const count = (...kinds: readonly Cell['kind'][]) => results.filter(({ cell }) => kinds.includes(cell.kind)).length;
  const failed = results.filter(isFailed).length;
  const parts = [
    `${count('same')} equal`,
    `${count('sealed')} equal with sealed ids`,
    `${count('union')} lists of all`,
  ];
  return `${results.length} cells: ${[...parts, `${count('absent')} that Azure does not have`, `${failed} failed`].join(', ')}`;
}
