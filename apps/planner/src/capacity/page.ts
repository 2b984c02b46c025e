/** The calculator's answer as one HTML file: no script, nothing from elsewhere, so that it can be mailed, kept and printed. */
import { createHash } from 'node:crypto';
import {
  type Child,
  documentOf,
  element,
  FIGURE_STYLE,
  figure,
  grouped,
  type Markup,
  PAGE_STYLE,
  scrollingTable,
} from '@spillway/drawing';
import { chartsOf } from './charts.ts';
import { STANDARD_TYPE } from './formulas.ts';
import type { CapacityPlan, CostView, PlanView } from './view.ts';

export function capacityPage(plans: readonly CapacityPlan[]): string {
  const style = FIGURE_STYLE + PAGE_STYLE;
  const title = 'Spillway capacity plan';
  const body = [
    element('header', {}, element('h1', {}, title), element('p', { class: 'soft' }, INTRODUCTION)),
    element('main', {}, plans.map(planSection), element('footer', { class: 'soft' }, FOOTER)),
  ];
  return documentOf({ title, style, styleHash: createHash('sha256').update(style).digest('base64'), body });
}

const FOOTER = 'Made by spillway plan capacity; docs/capacity.md tells how each figure is computed.';

const INTRODUCTION =
  'Normalised tokens are input tokens that no cache held, and output tokens with the weight of their model. A PTU is worth so many of them in a minute.';

function planSection(plan: CapacityPlan): Markup {
  const charts = chartsOf(plan);
  return element(
    'section',
    {},
    element('h2', {}, plan.model),
    element('p', { class: 'verdict' }, verdict(plan)),
    element('p', { class: 'soft' }, figuresText(plan)),
    sourceTable(plan),
    plan.sizes.length === 0 ? null : [element('h3', {}, 'PTUs to buy'), sizeTable(plan)],
    plan.busy.length === 0 ? null : [element('h3', {}, 'Busy minutes'), busyTable(plan)],
    element('h3', {}, 'Standard quota'),
    standardTable(plan),
    plan.cost === null ? null : [element('h3', {}, costHead(plan.cost)), costTable(plan.cost)],
    trialLine(plan),
    charts.length === 0
      ? null
      : element(
          'div',
          { class: 'figures' },
          charts.map((each, at) => figure(each, `${plan.model}: plot ${at + 1}`)),
        ),
  );
}

function figuresText({ figures, missing }: PlanView): string {
  if (figures === null) return `PTUs cannot be told. ${missing ?? ''}.`;
  return `${grouped(figures.inputTokensPerMinutePerUnit)} input tokens per minute for each PTU, an output token counts ${figures.outputWeight}: ${figures.origin}.`;
}

function verdict({ carried, sizes, place, raw, standard }: PlanView): string {
  if (raw === null)
    return `${grouped(standard.tokensPerMinute)} TPM of ${STANDARD_TYPE[place]} in the minute that is sized for.`;
  if (carried !== null) {
    const calls = carried.callsPerMinute === null ? 'any number of' : grouped(carried.callsPerMinute);
    return `${grouped(carried.units)} PTUs carry ${calls} calls per minute.`;
  }
  const size = sizes.find((each) => each.place === place);
  if (size === undefined || size.units === null) return `${raw.toFixed(2)} PTUs; this deployment type is not offered.`;
  return `${grouped(size.units)} PTUs of ${size.type} (${raw.toFixed(2)} before rounding), ${percent(size.utilisation ?? 0)} used in the minute that is sized for.`;
}

function sourceTable({ source, perMinute, normalisedPerMinute, sizedFor }: PlanView): Markup {
  const minute = sizedFor === 'given' ? 'as given' : `minute at p${sizedFor}`;
  const rows =
    source.kind === 'given'
      ? source.workloads.map((each) => [
          each.name,
          callsText(each.callsPerMinute),
          each.promptTokens,
          each.answerTokens,
          percent(each.cachedShare),
        ])
      : [
          [
            `measured from ${source.from}, ${grouped(source.minutes)} minutes (${source.models.join(', ')})`,
            `${grouped(source.calls)} in all`,
            '',
            '',
            '',
          ],
        ];
  const sum = [
    `sized for: ${minute}`,
    callsText(perMinute.calls),
    `${grouped(perMinute.promptTokens)} TPM`,
    `${grouped(perMinute.answerTokens)} TPM`,
    normalisedPerMinute === null
      ? `${grouped(perMinute.cachedTokens)} TPM`
      : `${grouped(normalisedPerMinute)} normalised TPM`,
  ];
  return table(
    ['traffic', 'calls per minute', 'prompt tokens', 'answer tokens', 'cached'],
    [...rows, sum],
    rows.length,
  );
}

function sizeTable({ sizes, place }: PlanView): Markup {
  const rows = sizes.map(({ type, units, utilisation }) => [
    type,
    units === null ? 'not offered' : grouped(units),
    utilisation === null ? '–' : percent(utilisation),
  ]);
  return table(
    ['deployment type', 'PTUs', 'utilisation'],
    rows,
    sizes.findIndex((each) => each.place === place),
  );
}

function busyTable({ busy, spill, isRandom }: PlanView): readonly Child[] {
  const rows = busy.map(({ percentile, normalisedPerMinute, raw, units }) => [
    percentile === 100 ? 'the busiest' : `p${percentile}`,
    grouped(normalisedPerMinute),
    raw.toFixed(2),
    units === null ? '–' : grouped(units),
  ]);
  const chance = isRandom ? 'If calls come at random: ' : '';
  const over =
    spill === null
      ? ''
      : `${chance}${grouped(spill.units)} PTUs leave ${percent(spill.tokenShare)} of tokens and ${percent(spill.callShare)} of calls to overflow, in ${percent(spill.minuteShare)} of minutes.`;
  return [table(['minute', 'normalised tokens', 'raw PTUs', 'PTUs'], rows, -1), element('p', {}, over)];
}

function standardTable({ standard, spill, place }: PlanView): Markup {
  const row = (what: string, need: PlanView['standard']) => [
    what,
    grouped(need.tokensPerMinute),
    grouped(need.requestsPerMinute),
    need.binds,
    grouped(need.arrivalTokens),
  ];
  const over = spill?.standard ?? null;
  const rows = [
    row(`all of it as ${STANDARD_TYPE[place]}`, standard),
    ...(over === null ? [] : [row('the overflow of the busiest minute', over)]),
  ];
  return table(['what', 'TPM', 'RPM that come with it', 'what binds', 'tokens counted on arrival'], rows, -1);
}

function costHead({ origin }: CostView): string {
  const dated = origin.asOf === null ? '' : `, ${origin.asOf}`;
  return `Cost per month of 730 hours${origin.currency === '' ? '' : `, ${origin.currency}`} (${origin.source}${dated})`;
}

function costTable({ terms, payAsYouGoPerMonth }: CostView): Markup {
  const money = (value: number | null) => (value === null ? 'not priced' : grouped(value));
  const rows = terms.map(({ term, reservedUnits, hourlyUnits, unitsPerMonth, perMonth, breakEven }) => [
    term === 'hourly'
      ? 'PTUs by the hour'
      : `${grouped(reservedUnits)} PTUs reserved ${term}${hourlyUnits === 0 ? '' : `, ${grouped(hourlyUnits)} by the hour`}`,
    money(unitsPerMonth),
    money(perMonth),
    breakEven === null ? '–' : breakEven > 1 ? 'never' : percent(breakEven),
  ]);
  return table(
    ['how', 'PTUs', 'with overflow', 'break-even load'],
    [...rows, ['all pay-as-you-go', '', money(payAsYouGoPerMonth), '']],
    -1,
  );
}

function trialLine({ trial }: PlanView): Markup | null {
  if (trial === null) return null;
  const { minutes, units, calls, refused, utilisation, arrivals } = trial;
  const mean = utilisation.reduce((sum, each) => sum + each, 0) / Math.max(1, utilisation.length);
  return element(
    'p',
    {},
    `Tried on a model of Azure, ${minutes} minutes of ${arrivals} arrivals on ${grouped(units)} PTUs: ${grouped(refused)} of ${grouped(calls)} calls got 429, utilisation ${percent(mean)}.`,
  );
}

/** @param main the row that is meant. */
function table(heads: readonly string[], rows: ReadonlyArray<readonly string[]>, main: number): Markup {
  const cell = (text: string, at: number) => element('td', at === 0 ? {} : { class: 'number' }, text);
  const head = heads.map((text, at) => element('th', { scope: 'col', ...(at === 0 ? {} : { class: 'number' }) }, text));
  const body = rows.map((cells, at) => element('tr', at === main ? { class: 'ours' } : {}, cells.map(cell)));
  return scrollingTable(head, body);
}

function callsText(calls: number): string {
  return grouped(calls, calls < 100 && !Number.isInteger(calls) ? 1 : 0);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
