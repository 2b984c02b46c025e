/** What a run comes to in figures; of requests that came after the warm-up. Shares are 0 to 1; null where nothing was measured. */
import { offeredLoads } from './offered.ts';
import type { Run, Sample } from './run-log.ts';
import { TrueCache } from './truth-cache.ts';
import { standardCharge } from './truth-cost.ts';
import type { Draw, Fate, RunSpec } from './types.ts';

export interface Figures {
  /** That came; one that comes back is not counted again. */
  readonly requests: number;
  /** Of these, interactive ones. */
  readonly interactive: number;
  /** Requests whose client saw a 429 the first time that it asked. */
  readonly refused: number;
  /** Of these, interactive ones. */
  readonly refusedInteractive: number;
  /** Requests that came when the last minute had brought no more than {@link NO_MORE} of what the fleet can serve; and those of them refused. */
  readonly within: number;
  readonly refusedWithin: number;
  /** Comebacks that were refused again. */
  readonly refusedAgain: number;
  /** Answers that were neither served nor 429. */
  readonly failed: number;
  /** What served requests are charged on a Standard deployment, wherever they were served. Tokens. */
  readonly goodput: number;
  /** The same from a minute after a limit fell until it rose again; null where none falls. */
  readonly goodputLowered: number | null;
  /** Tries sent. */
  readonly sends: number;
  /** Of these, answered with 429. */
  readonly wasted: number;
  /** In the queue, of requests that were served. Milliseconds. */
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
  /** Jain's index of the share of each client's requests that was served: 1 is fair. */
  readonly fairness: number;
  /** Of served prompts. */
  readonly promptTokens: number;
  /** Of these, the share that stood in a cache. */
  readonly cachedShare: number | null;
  /** The same, if one deployment had read every prompt before. */
  readonly cachedShareBest: number | null;
  /** True, of provisioned deployments, over time. */
  readonly provisionedMean: number | null;
  /** True, of the emptiest provisioned deployment when a request went past it: mean, and what 5 of 100 lie below. */
  readonly provisionedAtSpill: number | null;
  readonly provisionedAtSpillP5: number | null;
  /** Requests that went past provisioned deployments. */
  readonly spills: number;
  /** Belief against truth. Points of a percent. */
  readonly utilisationErrorMean: number | null;
  readonly utilisationErrorP95: number | null;
  /** What Standard forecasts say of their own error. Tokens, and as a share of the limit. */
  readonly forecastErrorTokens: number | null;
  readonly forecastErrorShare: number | null;
  /** What it really is: tokens believed to be left against those that are, as a share of the limit. */
  readonly remainingErrorShare: number | null;
  /** Of those who came back as told, the share that was served the first time. */
  readonly honest: number | null;
  readonly comebacks: number;
}

/** What figures depend on besides the run. */
export type FigureSpec = Pick<RunSpec, 'scenario' | 'draw'>;

export function figuresOf(run: Run, spec: FigureSpec): Figures {
  const { scenario } = spec;
  const fromMs = scenario.warmUpSeconds * 1000;
  const toMs = scenario.seconds * 1000;
  const fates = run.fates.filter(({ enteredMs }) => enteredMs >= fromMs && enteredMs <= toMs);
  const samples = run.samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const spills = run.spills.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).map(({ utilisation }) => utilisation);
  return {
    ...countsOf(fates, spec.draw),
    ...withinOf(fates, run.fates, spec),
    goodputLowered: goodputLowered(fates, spec),
    ...waitsOf(fates),
    fairness: fairnessOf(fates),
    ...cachedOf(fates, run.fates),
    provisionedMean: mean(samples.filter(isProvisionedSample).map(({ utilisation }) => utilisation)),
    provisionedAtSpill: mean(spills),
    provisionedAtSpillP5: quantile(spills, 0.05),
    spills: spills.length,
    ...errorsOf(samples),
    ...honestyOf(fates),
  };
}

function countsOf(fates: readonly Fate[], draw: Draw) {
  const firsts = fates.filter(({ isComeback }) => !isComeback);
  const refused = firsts.filter(is429);
  const isInteractive = ({ arrival }: Fate) => arrival.class === 'interactive';
  return {
    requests: firsts.length,
    interactive: firsts.filter(isInteractive).length,
    refused: refused.length,
    refusedInteractive: refused.filter(isInteractive).length,
    refusedAgain: fates.filter((fate) => fate.isComeback && is429(fate)).length,
    failed: fates.filter(({ status }) => status !== 200 && status !== 429).length,
    goodput: goodputOf(fates, draw),
    sends: sumOf(fates, ({ sends }) => sends),
    wasted: sumOf(fates, ({ wasted }) => wasted),
  };
}

/** Offered load up to which nobody is to be refused. Share of what the fleet can serve in a minute. */
export const NO_MORE = 0.95;

/** @param all with those of the warm-up, which are a part of the minute before the first. */
function withinOf(fates: readonly Fate[], all: readonly Fate[], spec: FigureSpec) {
  const isFirst = ({ isComeback }: Fate) => !isComeback;
  const arrivals = all.filter(isFirst).map(({ arrival }) => arrival);
  const loads = offeredLoads(
    arrivals.toSorted((one, other) => one.atMs - other.atMs),
    spec,
  );
  const within = fates.filter((fate) => isFirst(fate) && (loads.get(fate.arrival) ?? 0) <= NO_MORE);
  return { within: within.length, refusedWithin: within.filter(is429).length };
}

function is429({ status }: Fate): boolean {
  return status === 429;
}

function goodputOf(fates: readonly Fate[], draw: Draw): number {
  return sumOf(fates, ({ status, arrival }) => (status === 200 ? standardCharge(arrival, draw) : 0));
}

/** From when on a limit that fell is expected to be known. Milliseconds. */
const LEARNING_MS = 60_000;

/** Of requests that came from a minute after the first limit fell until it rose again; null where none falls. */
function goodputLowered(fates: readonly Fate[], { scenario, draw }: FigureSpec): number | null {
  const lowered = scenario.faults.find(({ fault }) => fault.kind === 'lowered');
  if (lowered === undefined) return null;
  const toMs = Math.min(lowered.toMs, scenario.seconds * 1000);
  const late = fates.filter(({ enteredMs }) => enteredMs >= lowered.fromMs + LEARNING_MS && enteredMs <= toMs);
  return goodputOf(late, draw);
}

function waitsOf(fates: readonly Fate[]) {
  const waits = fates.filter(({ status }) => status === 200).map(({ waitedMs }) => waitedMs);
  return { waitP50Ms: quantile(waits, 0.5) ?? 0, waitP99Ms: quantile(waits, 0.99) ?? 0 };
}

/** Source: R. Jain, D. Chiu, W. Hawe, "A quantitative measure of fairness", 1984. */
function fairnessOf(fates: readonly Fate[]): number {
  const clients = new Map<string, { asked: number; served: number }>();
  for (const { arrival, status, isComeback } of fates) {
    const client = clients.get(arrival.client) ?? { asked: 0, served: 0 };
    clients.set(arrival.client, client);
    if (!isComeback) client.asked++;
    if (status === 200) client.served++;
  }
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (const { asked, served } of clients.values()) {
    if (asked === 0) continue;
    const share = served / asked;
    sum += share;
    squares += share * share;
    count++;
  }
  return squares === 0 ? 1 : (sum * sum) / (count * squares);
}

/** @param all with those of the warm-up, which filled the caches. */
function cachedOf(fates: readonly Fate[], all: readonly Fate[]) {
  const served = fates.filter(({ status }) => status === 200);
  const prompts = sumOf(served, ({ arrival }) => arrival.promptTokens);
  if (prompts === 0) return { promptTokens: 0, cachedShare: null, cachedShareBest: null };
  const sticky = new TrueCache();
  const measured = new Set(served);
  let best = 0;
  for (const fate of all) {
    if (fate.status !== 200) continue;
    if (measured.has(fate)) best += sticky.tokensOf(fate.arrival, fate.answeredMs);
    sticky.remember(fate.arrival, fate.answeredMs);
  }
  return {
    promptTokens: prompts,
    cachedShare: sumOf(served, ({ usage }) => usage.cachedTokens ?? 0) / prompts,
    cachedShareBest: best / prompts,
  };
}

function errorsOf(samples: readonly Sample[]) {
  const utilisation: number[] = [];
  const own: number[] = [];
  const ownShares: number[] = [];
  const remaining: number[] = [];
  for (const sample of samples) {
    const { limitTokens, errorTokens, believedLeftTokens, leftTokens } = sample;
    if (sample.believedUtilisation !== null) {
      utilisation.push(Math.abs(sample.believedUtilisation - sample.utilisation) * 100);
    } else if (errorTokens !== null) {
      own.push(errorTokens);
      ownShares.push(errorTokens / limitTokens);
    }
    if (!sample.isProvisioned && believedLeftTokens !== null) {
      remaining.push(Math.abs(believedLeftTokens - leftTokens) / limitTokens);
    }
  }
  return {
    utilisationErrorMean: mean(utilisation),
    utilisationErrorP95: quantile(utilisation, 0.95),
    forecastErrorTokens: mean(own),
    forecastErrorShare: mean(ownShares),
    remainingErrorShare: mean(remaining),
  };
}

/** Only first returns count: whoever is refused again has been told something else. */
function honestyOf(fates: readonly Fate[]) {
  const returns = fates.filter(({ comebacks }) => comebacks === 1);
  const served = returns.filter(({ status }) => status === 200).length;
  return { honest: returns.length === 0 ? null : served / returns.length, comebacks: returns.length };
}

function isProvisionedSample({ isProvisioned }: Sample): boolean {
  return isProvisioned;
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum;
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sumOf(values, (value) => value) / values.length;
}

/** The value that such a share of all lies at or below. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
