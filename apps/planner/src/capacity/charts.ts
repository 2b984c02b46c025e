/** The plots of the calculator's report: demand against capacity, what overflows by units, cost by load and by units. */
import { type Chart, type ChartMark, type Curve, chart, grouped } from '@spillway/drawing';
import type { TermCost } from './cost.ts';
import type { CapacityPlan, CostView } from './view.ts';

export function chartsOf(plan: CapacityPlan): readonly Chart[] {
  return [demandChart(plan), spillChart(plan), loadCostChart(plan), unitCostChart(plan)].flatMap((each) => each ?? []);
}

/** More columns than this nobody could tell apart. */
const COLUMNS_MAX = 360;

function demandChart({ series, sizes, place, figures, isRandom }: CapacityPlan): Chart | null {
  const { loads } = series;
  const units = sizes.find((each) => each.place === place)?.units ?? null;
  if (loads.length === 0 || units === null || figures === null) return null;
  const [unit, per] =
    loads.length > 2 * 24 * 60 ? ['days', 24 * 60] : loads.length > 180 ? ['hours', 60] : ['minutes', 1];
  const end = loads.length / per;
  const { highs, means, width } = columnsOf(loads, per);
  const capacity = units * figures.inputTokensPerMinutePerUnit;
  return chart({
    title: isRandom ? 'A day of minutes, if calls come at random' : 'Demand, minute by minute',
    subtitle: `${grouped(loads.length)} minutes; capacity of ${grouped(units)} PTUs`,
    xName: unit,
    yName: 'normalised tokens per minute',
    xMax: end,
    curves: [
      { name: width === 1 ? 'demand' : 'busiest minute of each column', tone: 'arrived', kind: 'area', points: highs },
      ...(width === 1 ? [] : [{ name: 'their mean', tone: 'load', kind: 'steps', points: means } satisfies Curve]),
      {
        name: `${grouped(units)} PTUs`,
        tone: 'limit',
        kind: 'line',
        points: [
          [0, capacity],
          [end, capacity],
        ],
      },
    ],
    marks: [],
  });
}

type Points = Array<readonly [number, number]>;

function columnsOf(loads: readonly number[], per: number) {
  const width = Math.max(1, Math.ceil(loads.length / COLUMNS_MAX));
  const highs: Points = [];
  const means: Points = [];
  for (let from = 0; from < loads.length; from += width) {
    const part = loads.slice(from, from + width);
    const sum = part.reduce((all, each) => all + each, 0);
    highs.push([from / per, part.reduce((max, each) => Math.max(max, each), 0)]);
    means.push([from / per, sum / part.length]);
  }
  const end = loads.length / per;
  for (const points of [highs, means]) points.push([end, points.at(-1)?.[1] ?? 0]);
  return { highs, means, width };
}

function spillChart({ series, spill }: CapacityPlan): Chart | null {
  const { curve } = series;
  if (curve.length < 2 || spill === null) return null;
  return chart({
    title: 'What overflows, by PTUs',
    subtitle: 'share of normalised tokens beyond the capacity of their minute',
    xName: 'PTUs',
    yName: '% of tokens',
    xMax: curve.at(-1)?.units ?? 1,
    curves: [
      {
        name: 'overflow',
        tone: 'spilled',
        kind: 'line',
        points: curve.map(({ units, tokenShare }) => [units, 100 * tokenShare]),
      },
    ],
    marks: [
      {
        x: spill.units,
        y: 100 * spill.tokenShare,
        text: `${grouped(spill.units)} PTUs: ${(100 * spill.tokenShare).toFixed(1)} %`,
      },
    ],
  });
}

const TERM_TONES = { hourly: 'refused', monthly: 'believed', yearly: 'real' } as const;

function termName({ term }: TermCost): string {
  return term === 'hourly' ? 'PTUs by the hour' : `PTUs reserved ${term}`;
}

/** Where the rising line of tokens crosses the level one of a term is its break-even. */
function loadCostChart({ cost }: CapacityPlan): Chart | null {
  if (cost === null || cost.payAsYouGoPerMonth === null || cost.terms.length === 0) return null;
  const { units, meanLoad } = cost;
  if (units === null || meanLoad === null || meanLoad <= 0) return null;
  const atFull = cost.payAsYouGoPerMonth / meanLoad;
  const even = cost.terms.flatMap(({ breakEven, unitsPerMonth }): ChartMark[] =>
    breakEven === null || breakEven > 1
      ? []
      : [{ x: 100 * breakEven, y: unitsPerMonth, text: `${(100 * breakEven).toFixed(0)} %` }],
  );
  return chart({
    title: 'Cost by average load',
    subtitle: `per month, ${grouped(units)} PTUs; where lines cross, both cost the same`,
    xName: "average load, % of the PTUs' capacity",
    yName: currencyOf(cost),
    xMax: 100,
    curves: [
      {
        name: 'pay-as-you-go',
        tone: 'load',
        kind: 'line',
        points: [
          [0, 0],
          [100, atFull],
        ],
      },
      ...cost.terms.map((each): Curve => {
        const { unitsPerMonth } = each;
        return {
          name: termName(each),
          tone: TERM_TONES[each.term],
          kind: 'line',
          points: [
            [0, unitsPerMonth],
            [100, unitsPerMonth],
          ],
        };
      }),
    ],
    marks: even,
  });
}

function unitCostChart({ series, cost }: CapacityPlan): Chart | null {
  const points = series.curve.flatMap(({ units, perMonth }) => (perMonth === null ? [] : [[units, perMonth] as const]));
  if (cost === null || points.length < 2) return null;
  const most = points.at(-1)?.[0] ?? 1;
  const byUse = cost.payAsYouGoPerMonth;
  const [first = [0, 0] as const] = points;
  const best = points.reduce((least, each) => (each[1] < least[1] ? each : least), first);
  return chart({
    title: 'Cost by PTUs, overflow included',
    subtitle: 'per month, in the cheapest of the terms that are priced',
    xName: 'PTUs',
    yName: currencyOf(cost),
    xMax: most,
    curves: [
      { name: 'PTUs, and overflow by use', tone: 'real', kind: 'line', points },
      ...(byUse === null
        ? []
        : [
            {
              name: 'all pay-as-you-go',
              tone: 'load',
              kind: 'line',
              points: [
                [0, byUse],
                [most, byUse],
              ],
            } satisfies Curve,
          ]),
    ],
    marks: [{ x: best[0], y: best[1], text: `cheapest with PTUs: ${grouped(best[0])}` }],
  });
}

function currencyOf({ origin }: CostView): string {
  return origin.currency === '' ? 'cost per month' : `${origin.currency} per month`;
}
