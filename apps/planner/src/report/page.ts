/** The report as one HTML file: no script, nothing from elsewhere, so it can be mailed, kept and printed. */
import { createHash } from 'node:crypto';
import {
  type Chart,
  type Child,
  documentOf,
  element,
  FIGURE_STYLE,
  figure,
  grouped,
  Markup,
  PAGE_STYLE,
  scrollingTable,
} from '@spillway/drawing';
import { COMPARED, comparison } from './comparison.ts';
import { FIGURE_KINDS } from './figures.ts';
import { partlyChecked } from './partly.ts';
import { promiseFigure } from './promise-figure.ts';
import { runFigures } from './run-figures.ts';
import type { FigureKind, LabView, PromiseView, ScenarioView, StrategyView } from './view.ts';

export function pageOf(view: LabView): string {
  const style = FIGURE_STYLE + PAGE_STYLE;
  const body = [
    element('header', {}, element('h1', {}, 'Spillway routing lab'), introduction(view), contents(view)),
    element('main', {}, view.scenarios.map(scenarioSection), definitions()),
    element(
      'footer',
      {},
      element('main', { class: 'soft' }, 'Made by spillway plan lab; docs/lab.md tells how to read it.'),
    ),
  ];
  const styleHash = createHash('sha256').update(style).digest('base64');
  return documentOf({ title: 'Spillway routing lab', style, styleHash, body });
}

function introduction(view: LabView): readonly Markup[] {
  const { scenarios, seeds, firstSeed } = view;
  const left = partlyChecked(view);
  const promises = scenarios.flatMap((one) => one.promises);
  const missed = promises.filter(({ holds }) => !holds).length;
  const last = firstSeed + seeds - 1;
  const runs = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios, each'} with ${seeds === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${last}`}; figures are medians over the seeds.`;
  return [
    verdict({ count: promises.length, missed, isPart: left.length > 0 }),
    ...(left.length === 0 ? [] : [part(left)]),
    element(
      'p',
      { class: 'soft' },
      runs,
      ' The gateway’s decisions are made against a model of Azure OpenAI under virtual time; what Azure does not document is drawn anew for each seed.',
    ),
  ];
}

function part(left: readonly string[]): Markup {
  const items = left.map((text) => element('li', {}, text));
  return element('div', {}, element('p', {}, 'This is a part of what is promised:'), element('ul', {}, items));
}

interface Verdict {
  readonly count: number;
  readonly missed: number;
  /** Not all that is promised was looked at. */
  readonly isPart: boolean;
}

function verdict({ count, missed, isPart }: Verdict): Markup {
  const which = isPart ? ' checked' : '';
  if (count === 0) return element('p', { class: 'verdict' }, 'No promises were checked.');
  if (missed === 0)
    return element(
      'p',
      { class: isPart ? 'verdict' : 'verdict holds' },
      count === 1 ? `✓ The promise${which} holds.` : `✓ All ${count} promises${which} hold.`,
    );
  return element('p', { class: 'verdict missed' }, `✗ ${missed} of ${count} promises${which} are missed.`);
}

function contents({ scenarios }: LabView): Markup | null {
  if (scenarios.length < 2) return null;
  const items = scenarios.map((one) =>
    element('li', {}, element('a', { href: `#${anchorOf(one)}` }, one.name), ' ', mark(one.promises)),
  );
  return element('nav', { 'aria-label': 'Scenarios' }, element('ul', {}, items));
}

function mark(promises: readonly PromiseView[]): Child {
  if (promises.length === 0) return null;
  const missed = promises.filter(({ holds }) => !holds).length;
  if (missed === 0) return element('span', { class: 'holds' }, '✓');
  return element('span', { class: 'missed' }, `✗ ${missed} missed`);
}

function anchorOf({ name }: ScenarioView): string {
  return `scenario-${name.toLowerCase().replace(/[^a-z\d]+/g, '-')}`;
}

function scenarioSection(one: ScenarioView): Markup {
  const length = `${grouped(one.seconds)} s, of which the first ${grouped(one.warmUpSeconds)} s are not measured (shaded).`;
  return element(
    'section',
    { id: anchorOf(one) },
    element('h2', {}, one.name),
    element('p', {}, one.why, ' ', element('span', { class: 'soft' }, length)),
    promiseTable(one.promises),
    promiseFigures(one),
    element('h3', {}, 'Strategies on the same traffic'),
    strategyTable(one.strategies),
    oracleLine(one),
    element('div', { class: 'figures' }, comparisons(one)),
    runSection(one),
  );
}

function oracleLine({ oracle }: ScenarioView): Markup | null {
  if (oracle === null) return null;
  const { refused, ofBound } = oracle;
  const words = `The oracle, which knows the truth and not the future: ${grouped(refused, 1)} 429s per 10,000, and ${grouped(100 * ofBound, 1)} % of the goodput that nobody can pass.`;
  return element('p', { class: 'soft' }, words);
}

function comparisons(one: ScenarioView): readonly Markup[] {
  if (one.strategies.length < 2) return [];
  return COMPARED.flatMap((id) => {
    const drawing = comparison(one, id);
    return drawing === null ? [] : [figure(drawing, `${one.name}: ${id} of each strategy`)];
  });
}

function runSection({ run, name }: ScenarioView): readonly Markup[] {
  if (run === null) return [];
  const drawings = runFigures(run);
  return [
    element('h3', {}, `One run: ${run.strategy}, seed ${run.seed}`),
    element(
      'div',
      { class: 'figures' },
      drawings.map((drawing, at) =>
        figure(drawing, `${name}: ${at === 0 ? 'the pool' : run.deployments[at - 1]?.id} over time`),
      ),
    ),
  ];
}

function promiseFigures({ name, promises, exception }: ScenarioView): readonly Markup[] {
  const drawings = promises.flatMap((promise) => {
    const drawing = promiseFigure(promise);
    return drawing === null ? [] : [figure(drawing, `${name}: ${promise.promise}: ${promise.name}: ${promise.told}`)];
  });
  const words =
    'A dot for each seed; a hollow one misses the limit (dashed) alone. Pooled: all seeds counted as one run.';
  return [
    ...(exception === null ? [] : [element('p', { class: 'soft' }, `Reason for the pooled limit: ${exception}`)]),
    ...(drawings.length === 0
      ? []
      : [element('p', { class: 'soft' }, words), element('div', { class: 'figures' }, drawings)]),
  ];
}

function promiseTable(promises: readonly PromiseView[]): Markup | null {
  if (promises.length === 0) return null;
  const rows = promises.map(({ promise, name, wanted, holds, told }) =>
    element(
      'tr',
      {},
      element('td', { class: holds ? 'holds' : 'missed' }, holds ? '✓\u00a0holds' : '✗\u00a0missed'),
      element('td', {}, promise),
      element('td', {}, name),
      element('td', {}, wanted),
      element('td', {}, told),
    ),
  );
  return scrollingTable(
    ['', 'promise', 'figure', 'wanted', 'measured'].map((name) => element('th', { scope: 'col' }, name)),
    rows,
  );
}

function strategyTable(strategies: readonly StrategyView[]): Markup {
  const kinds = FIGURE_KINDS.filter(({ id }) => strategies.some(({ figures }) => figures.has(id)));
  const heads = kinds.map(({ name, unit, definition }) =>
    element('th', { scope: 'col', class: 'number', title: definition }, name, element('span', { class: 'unit' }, unit)),
  );
  const rows = strategies.map((one, at) =>
    element(
      'tr',
      at === 0 ? { class: 'ours' } : {},
      element('td', { class: 'strategy' }, one.name),
      kinds.map((kind) => element('td', { class: 'number' }, medianText(one, kind))),
    ),
  );
  return scrollingTable([element('th', { scope: 'col' }, 'strategy'), ...heads], rows);
}

function medianText({ figures }: StrategyView, { id, digits }: FigureKind): string {
  const spread = figures.get(id);
  return spread === undefined ? '–' : grouped(spread.median, digits);
}

function definitions(): Markup {
  const rows = FIGURE_KINDS.map(({ name, unit, definition }) => [
    element('dt', {}, `${name}, ${unit}`),
    element('dd', {}, definition),
  ]);
  return element('section', {}, element('h2', {}, 'What the figures are'), element('dl', {}, rows));
}

/** All figures of a scenario as one SVG file that stands alone, for slides and documents. */
export function svgOf(one: ScenarioView): string {
  const drawings = [
    ...(one.strategies.length < 2 ? [] : COMPARED.flatMap((id) => comparison(one, id) ?? [])),
    ...(one.run === null ? [] : runFigures(one.run)),
  ];
  const { width, height, placed } = sheet(drawings);
  const svg = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height },
    element('title', {}, `Spillway routing lab: ${one.name}`),
    new Markup(`<style>${FIGURE_STYLE}</style>`),
    element('rect', { width, height, fill: 'var(--ground)' }),
    placed,
  );
  return `${svg.text}\n`;
}

const SHEET_COLUMNS = 3;
const SHEET_GAP = 32;

function sheet(drawings: readonly Chart[]): {
  readonly width: number;
  readonly height: number;
  readonly placed: readonly Markup[];
} {
  const placed: Markup[] = [];
  let top = SHEET_GAP;
  for (let at = 0; at < drawings.length; at += SHEET_COLUMNS) {
    const row = drawings.slice(at, at + SHEET_COLUMNS);
    for (const [column, { width, body }] of row.entries()) {
      placed.push(element('g', { transform: `translate(${SHEET_GAP + column * (width + SHEET_GAP)} ${top})` }, body));
    }
    top += Math.max(...row.map(({ height }) => height)) + SHEET_GAP;
  }
  const widest = Math.max(0, ...drawings.map(({ width }) => width));
  return { width: SHEET_GAP + SHEET_COLUMNS * (widest + SHEET_GAP), height: top, placed };
}
