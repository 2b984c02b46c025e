/** The lab's figures and promises as lines for a terminal of 100 columns. Pure. */
import {
  FIGURE_KINDS,
  type FigureKind,
  type LabView,
  partlyChecked,
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
    ...promiseLines(one),
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

/** What is promised, then how it was kept: the median, all seeds together, and those that miss it alone. */
function promiseLines({ promises, exception }: ScenarioView): readonly Line[] {
  const lines = promises.flatMap(({ promise, name, wanted, holds, told }): readonly Line[] => {
    const mark: Span = [holds ? '  holds ' : '  MISSED', holds ? 'good' : 'bad'];
    const [first = '', ...rest] = wrap(`${promise}: ${name}, ${wanted}`, COLUMNS - MARK - 2);
    return [[mark, [`  ${first}`]], ...[...rest, ...wrap(told, COLUMNS - MARK - 2)].map(below)];
  });
  if (exception === null) return lines;
  return [
    ...lines,
    ...wrap(`Reason for the pooled limit: ${exception}`, COLUMNS - MARK - 2).map((text): Line => faint(text)),
  ];
}

const MARK = 8;

function below(text: string): Line {
  return [[' '.repeat(MARK + 2)], [text]];
}

function faint(text: string): Line {
  return [[' '.repeat(MARK + 2)], [text, 'faint']];
}

/** What it comes to, and what was left out of it. */
export function summaryLines(view: LabView): readonly Line[] {
  const left = partlyChecked(view);
  if (left.length === 0) return verdictLines(view, '');
  return [
    ...verdictLines(view, ' checked'),
    [['This is a part of what is promised; the whole is checked by spillway plan lab alone:', 'wait']],
    ...left.flatMap((text) => wrap(text, COLUMNS - 2).map((each): Line => [[`  ${each}`]])),
  ];
}

function verdictLines({ scenarios, seeds, firstSeed }: LabView, which: string): readonly Line[] {
  const all = scenarios.flatMap((one) => one.promises.map((promise) => ({ ...promise, scenario: one.name })));
  const missed = all.filter(({ holds }) => !holds);
  const runs = `Medians over ${seeds === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${firstSeed + seeds - 1}`}.`;
  if (all.length === 0) return [[[`${runs} No promise was checked.`]]];
  if (missed.length === 0) {
    const held = all.length === 1 ? `The promise${which} holds.` : `All ${all.length} promises${which} hold.`;
    return [[[`${runs} `], [held, which === '' ? 'good' : 'plain']]];
  }
  const count = `${missed.length} of ${all.length} promises${which} ${missed.length === 1 ? 'is' : 'are'} missed:`;
  return [
    [[`${runs} `], [count, 'bad']],
    ...missed.flatMap(({ scenario, promise, name, told, wanted }) =>
      wrap(`${scenario}, ${promise}: ${name}: ${told}; wanted ${wanted}`, COLUMNS - 2).map(
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
