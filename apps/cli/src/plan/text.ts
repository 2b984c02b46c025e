/** The lab's figures and promises as lines for a terminal of 100 columns. Pure. */
import {
  FIGURE_KINDS,
  type FigureKind,
  type LabView,
  type PromiseView,
  type ScenarioView,
  type StrategyView,
} from '@spillway/planner';
import { grouped, type Line, type Span, wrap } from '../lines.ts';

export const COLUMNS = 100;

export function scenarioLines(one: ScenarioView): readonly Line[] {
  const length = `${grouped(one.seconds)} s, measured from ${grouped(one.warmUpSeconds)} s on`;
  return [
    [
      [one.name, 'strong'],
      [`  ${length}`, 'faint'],
    ],
    ...wrap(one.why, COLUMNS - 2).map((text): Line => [[`  ${text}`]]),
    ...figureTable(one.strategies),
    ...oracleLines(one),
    ...promiseLines(one.promises),
    [],
  ];
}

const LABEL = 28;
const CELL_MIN = 8;

/** A row for each figure, a column for each strategy: there are more figures than fit beside each other. */
function figureTable(strategies: readonly StrategyView[]): readonly Line[] {
  const kinds = FIGURE_KINDS.filter(({ id }) => strategies.some(({ figures }) => figures.has(id)));
  const heads = strategies.map(({ name }) => headOf(name));
  const widths = heads.map((parts) => Math.max(CELL_MIN, ...parts.map((part) => part.length)));
  const headLine = (row: number): Line => [
    [' '.repeat(LABEL)],
    ...heads.map((parts, at): Span => [`  ${(parts[row] ?? '').padStart(widths[at] ?? 0)}`, 'faint']),
  ];
  const isTall = heads.some(([first]) => first !== '');
  return [...(isTall ? [headLine(0)] : []), headLine(1), ...kinds.map((kind) => figureLine(kind, strategies, widths))];
}

/** In two rows, so that columns stay narrow: `random-in-priority` → `random-in-`, `priority`. */
function headOf(name: string): readonly [string, string] {
  const at = name.lastIndexOf('-') + 1;
  return [name.slice(0, at), name.slice(at)];
}

function figureLine(kind: FigureKind, strategies: readonly StrategyView[], widths: readonly number[]): Line {
  const label = `  ${kind.name}, ${kind.unit.replace(/^per /, '/')}`;
  return [
    [label.padEnd(LABEL)],
    ...strategies.map(
      (one, at): Span => [`  ${cellOf(kind, one).padStart(widths[at] ?? 0)}`, at === 0 ? 'strong' : 'plain'],
    ),
  ];
}

/** Large values need no decimals. */
function cellOf({ id, digits }: FigureKind, { figures }: StrategyView): string {
  const median = figures.get(id)?.median;
  if (median === undefined) return '-';
  return Math.abs(median) >= 1_000 ? grouped(median) : median.toFixed(digits);
}

function oracleLines({ oracle }: ScenarioView): readonly Line[] {
  if (oracle === null) return [];
  const goodput = `goodput ${(100 * oracle.ofBound).toFixed(1)} % of what nobody can pass`;
  return [[[`  The oracle: ${oracle.refused.toFixed(1)} 429s /10,000, ${goodput}.`, 'faint']]];
}

function promiseLines(promises: readonly PromiseView[]): readonly Line[] {
  const measuredWidth = Math.max(0, ...promises.map(({ measured }) => measured.length));
  const wantedWidth = Math.max(0, ...promises.map(({ wanted }) => wanted.length));
  return promises.flatMap(({ promise, name, measured, wanted, holds }) => {
    const columns = `  ${measured.padStart(measuredWidth)}, ${wanted.padEnd(wantedWidth)}  `;
    const [first = '', ...rest] = wrap(`${promise}: ${name}`, COLUMNS - MARK - columns.length);
    const mark: Span = [holds ? '  holds ' : '  MISSED', holds ? 'good' : 'bad'];
    return [[mark, [columns], [first]], ...rest.map((text): Line => [[' '.repeat(MARK + columns.length)], [text]])];
  });
}

const MARK = 8;

/** What it comes to. */
export function summaryLines({ scenarios, seeds, firstSeed }: LabView): readonly Line[] {
  const all = scenarios.flatMap((one) => one.promises.map((promise) => ({ ...promise, scenario: one.name })));
  const missed = all.filter(({ holds }) => !holds);
  const runs = `Medians over ${seeds === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${firstSeed + seeds - 1}`}.`;
  if (all.length === 0) return [[[`${runs} No promise was checked.`]]];
  if (missed.length === 0)
    return [[[`${runs} `], [all.length === 1 ? 'The promise holds.' : `All ${all.length} promises hold.`, 'good']]];
  return [
    [[`${runs} `], [`${missed.length} of ${all.length} promises ${missed.length === 1 ? 'is' : 'are'} missed:`, 'bad']],
    ...missed.flatMap(({ scenario, promise, name, measured, wanted }) =>
      wrap(`${scenario}, ${promise}: ${name}: ${measured}, wanted ${wanted}`, COLUMNS - 2).map(
        (text): Line => [[`  ${text}`]],
      ),
    ),
  ];
}

export interface Listed {
  readonly name: string;
  readonly why: string;
}

export function listLines(scenarios: readonly Listed[]): readonly Line[] {
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  return scenarios.flatMap(({ name, why }) =>
    wrap(why, COLUMNS - width - 2).map(
      (text, at): Line => [[(at === 0 ? name : '').padEnd(width + 2), 'strong'], [text]],
    ),
  );
}
