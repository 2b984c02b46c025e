/** The calculator's answer as lines for a terminal of 80 columns. Pure. */
import { type CapacityPlan, type CostView, type ListedModel, type PlanView, STANDARD_TYPE } from '@spillway/planner';
import { grouped, type Line, plain, table, wrap } from '../lines.ts';

export const CAPACITY_COLUMNS = 80;

export function planLines(plan: CapacityPlan): readonly Line[] {
  return [
    ...headLines(plan),
    ...(plan.figures === null ? [] : [[]]),
    ...(plan.carried === null ? sizeLines(plan) : carriedLines(plan.carried)),
    ...(plan.carried === null ? [...busyLines(plan), ...spillLines(plan), ...standardLines(plan)] : []),
    ...trialLines(plan),
    ...(plan.carried === null ? costLines(plan) : []),
    [],
  ];
}

function paragraph(text: string): readonly Line[] {
  return wrap(text, CAPACITY_COLUMNS).map((line): Line => [[line]]);
}

function indented(text: string): readonly Line[] {
  return wrap(text, CAPACITY_COLUMNS - 2).map((line): Line => [[`  ${line}`]]);
}

function rows(cells: ReadonlyArray<readonly string[]>, numeric: readonly number[]): readonly Line[] {
  const [head = '', ...body] = table(cells, new Set(numeric));
  return [[[`  ${head}`, 'faint']], ...body.map((line): Line => [[`  ${line}`]])];
}

function headLines(plan: PlanView): readonly Line[] {
  const { model, perMinute, normalisedPerMinute, figures, raw, carried } = plan;
  const tokens = `${grouped(perMinute.promptTokens)} input${cachedText(plan)} and ${grouped(perMinute.answerTokens)} output tokens per minute`;
  const head: readonly Line[] = [[[plain(model), 'strong']], ...sourceLines(plan)];
  if (figures === null || raw === null || normalisedPerMinute === null)
    return [...head, ...indented(tokens), [], ...paragraph(`PTUs cannot be told. ${plan.missing ?? ''}.`)];
  const units = `at ${grouped(figures.inputTokensPerMinutePerUnit)} per PTU, an output token counting ${figures.outputWeight}`;
  return [
    ...head,
    ...indented(
      carried === null
        ? `${tokens}: ${grouped(normalisedPerMinute)} normalised, ${units}: ${raw.toFixed(2)} PTUs`
        : units,
    ),
    ...wrap(`(${figures.origin})`, CAPACITY_COLUMNS - 2).map((line): Line => [[`  ${line}`, 'faint']]),
  ];
}

function cachedText({ perMinute }: PlanView): string {
  const share = perMinute.promptTokens > 0 ? perMinute.cachedTokens / perMinute.promptTokens : 0;
  return share === 0 ? '' : ` (${percent(share)} cached)`;
}

function sourceLines({ source, sizedFor, carried }: PlanView): readonly Line[] {
  if (source.kind === 'given') {
    const each = source.workloads.map(
      ({ name, callsPerMinute, promptTokens, answerTokens, cachedShare }) =>
        `${carried === null || source.workloads.length > 1 ? `${plain(name)}: ${amount(callsPerMinute)} per minute` : 'calls of one mix'}, prompt ${plain(promptTokens)}, answer ${plain(answerTokens)} tokens${cachedShare === 0 ? '' : `, ${percent(cachedShare)} cached`}`,
    );
    const which = sizedFor === 'given' ? [] : indented(`sized for the minute at p${sizedFor} of random arrivals`);
    return [...each.flatMap(indented), ...which];
  }
  const { files, calls, unknownCalls, from, minutes } = source;
  const unknown =
    unknownCalls === 0 ? '' : `, of which ${grouped(unknownCalls)} told no tokens and count like an average one`;
  return [
    ...indented(
      `measured: ${grouped(calls)} calls${unknown}, in ${grouped(minutes)} minutes from ${from} (${files.map(plain).join(', ')})`,
    ),
    ...(minutes < MINUTES_FEW ? indented(`Only ${minutes} minutes: percentiles of so few say little.`) : []),
    ...indented(`sized for the minute at p${sizedFor}`),
  ];
}

/** Fewer than these have no 95th percentile to speak of. */
const MINUTES_FEW = 20;

function sizeLines({ sizes, place }: PlanView): readonly Line[] {
  if (sizes.length === 0) return [];
  const cells = sizes.map((size) => [
    size.place === place ? '>' : ' ',
    size.type,
    size.units === null ? 'not offered' : grouped(size.units),
    size.utilisation === null ? '' : percent(size.utilisation),
  ]);
  return rows([['', 'deployment type', 'PTUs', 'utilisation'], ...cells], [2, 3]);
}

function carriedLines({
  units,
  callsPerMinute,
  perMinute,
  buyable,
}: NonNullable<PlanView['carried']>): readonly Line[] {
  if (callsPerMinute === null)
    return indented(`${amount(units)} PTUs carry any number of such calls: they cost nothing.`);
  const others = buyable
    .filter((each) => each.units !== units)
    .map(
      (each) => `${PLACE_WORDS[each.place]}: ${each.units === null ? 'not offered' : `next ${grouped(each.units)}`}`,
    );
  return [
    [[`  ${amount(units)} PTUs carry ${amount(callsPerMinute)} calls per minute`, 'strong']],
    ...indented(
      `that is ${grouped(perMinute.promptTokens)} input and ${grouped(perMinute.answerTokens)} output tokens per minute, at 100 % utilisation`,
    ),
    ...(others.length === 0 ? [] : indented(`So many cannot be bought everywhere (${others.join(', ')}).`)),
  ];
}

const PLACE_WORDS = { global: 'Global', dataZone: 'Data Zone', regional: 'Regional' } as const;

function busyLines({ busy, isRandom }: PlanView): readonly Line[] {
  if (busy.length === 0) return [];
  const cells = busy.map(({ percentile, normalisedPerMinute, raw, units }) => [
    percentile === 100 ? 'max' : `p${percentile}`,
    grouped(normalisedPerMinute),
    raw.toFixed(2),
    units === null ? '-' : grouped(units),
  ]);
  const about = isRandom ? 'If calls come at random, minutes differ (a day of them drawn):' : 'Minutes differ:';
  return [[], ...paragraph(about), ...rows([['minute', 'normalised', 'raw PTUs', 'PTUs'], ...cells], [1, 2, 3])];
}

function spillLines({ spill, place, isRandom }: PlanView): readonly Line[] {
  if (spill === null) return [];
  const { units, tokenShare, callShare, minuteShare, standard } = spill;
  if (standard === null) return indented(`${grouped(units)} PTUs carry every one of these minutes.`);
  const when = isRandom ? ' if calls come at random' : '';
  return indented(
    `${grouped(units)} PTUs:${when} ${percent(tokenShare)} of tokens and ${percent(callShare)} of calls overflow, in ${percent(minuteShare)} of minutes. To spill over, ${STANDARD_TYPE[place]} needs ${needText(standard)}.`,
  );
}

function needText({ tokensPerMinute, requestsPerMinute, binds }: PlanView['standard']): string {
  return `${grouped(tokensPerMinute)} TPM (${grouped(requestsPerMinute)} RPM come with it; ${binds} bind)`;
}

function standardLines({ standard, place, perMinute, sizedFor }: PlanView): readonly Line[] {
  const { arrivalTokens, tokensForRequests } = standard;
  return [
    [],
    ...paragraph(
      `All of it as ${STANDARD_TYPE[place]}${sizedFor === 'given' ? '' : `, in the minute at p${sizedFor}`}: ${needText(standard)}`,
    ),
    ...indented(
      `tokens count ${grouped(arrivalTokens)} on arrival (prompt and max_tokens); ${amount(perMinute.calls)} calls come with ${grouped(tokensForRequests)} TPM`,
    ),
  ];
}

function trialLines({ trial }: PlanView): readonly Line[] {
  if (trial === null) return [];
  const { calls, refused, minutes, units, utilisation, arrivals, bucketSeconds, warmUpMinutes } = trial;
  const mean = utilisation.reduce((sum, each) => sum + each, 0) / Math.max(1, utilisation.length);
  const how = `${minutes} minutes of ${arrivals} arrivals after ${warmUpMinutes} to warm up, a bucket of ${bucketSeconds} s`;
  return [
    [],
    ...paragraph(
      `Tried on a model of Azure with ${grouped(units)} PTUs: ${grouped(refused)} of ${grouped(calls)} calls got 429, utilisation ${percent(mean)} (highest minute ${percent(Math.max(...utilisation))}).`,
    ),
    ...wrap(how, CAPACITY_COLUMNS - 2).map((line): Line => [[`  ${line}`, 'faint']]),
  ];
}

const NO_PRICES =
  'Cost: no prices are known here. Give --price-ptu-hour (and --price-ptu-month, --price-ptu-year for reservations), --price-input and --price-output per million tokens, or a dated file with --prices.';

const NO_TOKEN_PRICES =
  'Cost: no prices are known here. Give --price-input and --price-output per million tokens, or a dated file with --prices.';

function costLines({ cost, figures }: PlanView): readonly Line[] {
  if (cost === null) return [[], ...paragraph(figures === null ? NO_TOKEN_PRICES : NO_PRICES)];
  const { payAsYouGoPerMonth, terms, origin, units, meanLoad } = cost;
  const money = (value: number | null) => (value === null ? 'not priced' : grouped(value));
  const cells = terms.map((each) => [
    termText(each),
    money(each.unitsPerMonth),
    money(each.perMonth),
    each.breakEven === null ? '-' : each.breakEven > 1 ? 'never' : percent(each.breakEven),
  ]);
  const dated = origin.asOf === null ? '' : `, ${origin.asOf}`;
  const head = `Cost per month of 730 hours${origin.currency === '' ? '' : ` in ${plain(origin.currency)}`} (${plain(origin.source)}${dated})`;
  if (units === null || meanLoad === null) {
    const missing = payAsYouGoPerMonth === null ? '; give --price-input and --price-output' : '';
    return [[], ...paragraph(`${head}: ${money(payAsYouGoPerMonth)} pay-as-you-go${missing}`)];
  }
  const byUse = ['all pay-as-you-go', '', money(payAsYouGoPerMonth), ''];
  return [
    [],
    ...paragraph(`${head}, ${grouped(units)} PTUs at an average load of ${percent(meanLoad)}:`),
    ...rows([['', 'PTUs', 'with overflow', 'break-even load'], ...cells, byUse], [1, 2, 3]),
    ...missingLines(cost),
  ];
}

function termText({ term, reservedUnits, hourlyUnits }: CostView['terms'][number]): string {
  if (term === 'hourly') return 'PTUs by the hour';
  const over = hourlyUnits === 0 ? '' : `, ${grouped(hourlyUnits)} by the hour`;
  return `${grouped(reservedUnits)} PTUs reserved ${term}${over}`;
}

function missingLines({ payAsYouGoPerMonth, terms }: CostView): readonly Line[] {
  const missing = [
    ...(payAsYouGoPerMonth === null ? ['--price-input and --price-output'] : []),
    ...(terms.length === 0 ? ['--price-ptu-hour, --price-ptu-month or --price-ptu-year'] : []),
  ];
  return missing.length === 0 ? [] : indented(`Not compared: ${missing.join('; ')} not given.`);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

/** Whole where it is large. */
function amount(value: number): string {
  return value >= 100 || Number.isInteger(value) ? grouped(value) : value.toFixed(2);
}

export function modelLines(models: readonly ListedModel[]): readonly Line[] {
  const steps = (of: ListedModel['global']) => (of === null ? '-' : `${of.min}/${of.step}`);
  const cells = models.map((each) => [
    each.model,
    grouped(each.inputTokensPerMinutePerUnit),
    `${each.outputWeight}${each.isWeightAssumed ? '?' : ''}`,
    steps(each.global),
    steps(each.regional),
    each.asOf,
  ]);
  return [
    ...rows([['model', 'TPM/PTU', 'weight', 'Global', 'Regional', 'as of'], ...cells], [1, 2, 3, 4]),
    [],
    ...paragraph(
      'TPM/PTU: input tokens per minute that a PTU carries. weight: input tokens that an output token counts for; ?: not published, assumed. Global (and Data Zone) and Regional: minimum/increment. Source: Microsoft Learn, provisioned throughput sizing.',
    ),
  ];
}
