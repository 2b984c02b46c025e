/**
 * docs/lab-figures.md: every promise of every scenario, on the seeds that it is held to and on others that no rule was ever fitted to. Written by
 * scripts/lab-table.ts, which runs the lab; this file only lays it out.
 */
import { drawOf } from '../lab/draw.ts';
import { mean } from '../lab/figures.ts';
import type { Draw } from '../lab/types.ts';
import { digits } from './promise-view.ts';
import type { LabView, PromiseView, ScenarioView } from './view.ts';

export interface MeasuredTable {
  /** The seeds that promises are held to, then others: the same scenarios with the same promises. */
  readonly held: LabView;
  readonly heldOut: LabView;
  /** When it was measured: `2026-11-22`. */
  readonly day: string;
}

export function measuredTable({ held, heldOut, day }: MeasuredTable): string {
  const parts = [
    beginning(held, heldOut, day),
    ['## What holds', ...[held, heldOut].map(verdict)].join('\n\n'),
    ['## How Azure may count', byDraw(held, heldOut)].join('\n\n'),
    exceptions(held.scenarios),
    ['## Every promise', HOW_TO_READ, table(held, heldOut)].join('\n\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function seedsOf({ firstSeed, seeds }: LabView): string {
  return `${firstSeed} to ${firstSeed + seeds - 1}`;
}

function beginning(held: LabView, heldOut: LabView, day: string): string {
  return `<!-- Written by scripts/lab-table.ts. Do not edit. -->

# Figures of the routing lab

Measured on ${day}, by \`node scripts/lab-table.ts\`, which runs all ${held.scenarios.length} shipped scenarios of the [routing lab](lab.md) twice and writes this page: with
seeds ${seedsOf(held)}, to which the promises are held in CI, and with seeds ${seedsOf(heldOut)}, which no rule or limit was fitted to. Each seed has its own
traffic and its own way of counting on Azure's side. The same seeds give the same figures on every machine, as long as the rules are the same.`;
}

function verdict(view: LabView): string {
  const all = view.scenarios.flatMap((one) => one.promises.map((promise) => ({ scenario: one.name, ...promise })));
  const missed = all.filter(({ holds }) => !holds);
  const begin = `**Seeds ${seedsOf(view)}**: ${all.length - missed.length} of ${all.length} hold`;
  if (missed.length === 0) return `${begin}.`;
  const lines = missed.map(
    ({ scenario, promise, name, told, wanted }) => `- ${scenario}, \`${promise}\`: ${name}: ${told}; wanted ${wanted}`,
  );
  return [`${begin}. Missed:`, lines.join('\n')].join('\n\n');
}

/** Promises of refusals: the others do not go by requests. */
const OF_REFUSALS = ['no429', 'noWait429', 'edge429'];

/** What a seed draws, as far as it tells good seeds from bad ones. */
const WAYS: ReadonlyArray<{ readonly name: string; readonly is: (draw: Draw) => boolean }> = [
  { name: 'fixed, keeps what was not used', is: ({ window, refunds }) => window === 'fixed' && !refunds },
  { name: 'fixed, gives it back', is: ({ window, refunds }) => window === 'fixed' && refunds },
  { name: 'slides, keeps what was not used', is: ({ window, refunds }) => window === 'sliding' && !refunds },
  { name: 'slides, gives it back', is: ({ window, refunds }) => window === 'sliding' && refunds },
];

/** Which seeds refuse more than the oracle: what nobody knows of Azure decides it. */
function byDraw(...views: readonly LabView[]): string {
  const rows = WAYS.map(({ name, is }) => rowOf([name, ...views.flatMap((view) => drawCells(view, is))]));
  const heads = ['the minute of the draw', ...views.flatMap((view) => [`seeds of ${seedsOf(view)}`, 'past oracle'])];
  const words =
    'Past oracle: 429s beyond the oracle’s, of 10,000 requests, the mean over all scenarios that promise something of refusals.';
  return [words, [rowOf(heads), `${'|---'.repeat(heads.length)}|`, ...rows].join('\n')].join('\n\n');
}

function drawCells({ scenarios }: LabView, is: (draw: Draw) => boolean): readonly string[] {
  const promises = scenarios.flatMap((one) => one.promises.filter(({ promise }) => OF_REFUSALS.includes(promise)));
  const seeds = promises.flatMap(({ spread }) => spread.seeds.filter(({ seed }) => is(drawOf(seed))));
  const average = mean(seeds.map(({ value }) => value));
  return [String(new Set(seeds.map(({ seed }) => seed)).size), average === null ? '–' : digits(average)];
}

function exceptions(scenarios: readonly ScenarioView[]): string {
  const stated = scenarios.flatMap(({ name, exception }) => (exception === null ? [] : [{ name, exception }]));
  const heading = '## Where all seeds together are held to less than their median';
  if (stated.length === 0) return `${heading}\n\nNowhere.`;
  const rows = stated.map(({ name, exception }) => `| ${name} | ${exception} |`);
  return [heading, ['| scenario | why |', '|---|---|', ...rows].join('\n')].join('\n\n');
}

const HOW_TO_READ = `Median: of the seeds. Pooled: all seeds counted as one run. Over: seeds that miss the limit of the median alone (with one request too many in some
two thousand, a seed is over a limit of 1 in 10,000). ✗: it does not hold. A limit that goes by what other strategies did is told for both.`;

function table(held: LabView, heldOut: LabView): string {
  const [first, second] = [held, heldOut].map((view) => `${view.firstSeed}–${view.firstSeed + view.seeds - 1}`);
  const heads = ['scenario', 'promise', 'figure', 'wanted'];
  const figures = [first, second].flatMap((seeds) => [`${seeds}: median`, 'pooled', 'over']);
  const rows = held.scenarios.flatMap((one) => {
    const other = heldOut.scenarios.find(({ name }) => name === one.name);
    return one.promises.map((promise, at) => row(one.name, promise, other?.promises[at]));
  });
  return [rowOf([...heads, ...figures]), `${'|---'.repeat(heads.length + figures.length)}|`, ...rows].join('\n');
}

function row(scenario: string, promise: PromiseView, other: PromiseView | undefined): string {
  const wanted = [...new Set([promise.wanted, other?.wanted ?? promise.wanted])].join('; then ');
  return rowOf([scenario, `\`${promise.promise}\``, promise.name, wanted, ...cells(promise), ...cells(other)]);
}

function cells(promise: PromiseView | undefined): readonly string[] {
  if (promise === undefined) return ['–', '–', '–'];
  const { measured, pooled, spread, holds } = promise;
  return [`${holds ? '' : '✗ '}${measured}`, pooled, `${spread.seedsOver} of ${spread.seeds.length}`];
}

function rowOf(each: readonly string[]): string {
  return `| ${each.join(' | ')} |`;
}
