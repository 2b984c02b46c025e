/** How many tokens a prompt or an answer has: one number, or a distribution. Read from text as the command line takes it. */
import type { Unit } from '@spillway/clock';

export type Shape =
  | { readonly kind: 'value'; readonly tokens: number }
  /** Both ends included. */
  | { readonly kind: 'uniform'; readonly from: number; readonly to: number }
  /** @property mu, sigma of the logarithm. */
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  /** @property bins in the order of the file. Weights need not add up to 1. */
  | { readonly kind: 'histogram'; readonly bins: ReadonlyArray<{ readonly tokens: number; readonly weight: number }> };

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

export function momentsOf(shape: Shape): Moments {
  switch (shape.kind) {
    case 'value':
      return { mean: shape.tokens, variance: 0 };
    case 'uniform':
      return { mean: (shape.from + shape.to) / 2, variance: ((shape.to - shape.from + 1) ** 2 - 1) / 12 };
    case 'lognormal': {
      const mean = Math.exp(shape.mu + shape.sigma ** 2 / 2);
      return { mean, variance: mean ** 2 * (Math.exp(shape.sigma ** 2) - 1) };
    }
    case 'histogram': {
      const whole = shape.bins.reduce((sum, { weight }) => sum + weight, 0);
      const of = (value: (tokens: number) => number) =>
        shape.bins.reduce((sum, { tokens, weight }) => sum + value(tokens) * weight, 0) / whole;
      const mean = of((tokens) => tokens);
      return { mean, variance: of((tokens) => (tokens - mean) ** 2) };
    }
  }
}

export function drawShape(shape: Shape, unit: Unit): number {
  switch (shape.kind) {
    case 'value':
      return shape.tokens;
    case 'uniform':
      return shape.from + Math.floor(unit() * (shape.to - shape.from + 1));
    case 'lognormal':
      return Math.round(Math.exp(shape.mu + shape.sigma * drawNormal(unit)));
    case 'histogram':
      return drawBin(shape.bins, unit);
  }
}

/** Standard normal, by Box and Muller. */
export function drawNormal(unit: Unit): number {
  return Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
}

function drawBin(bins: ReadonlyArray<{ readonly tokens: number; readonly weight: number }>, unit: Unit): number {
  let left = unit() * bins.reduce((sum, { weight }) => sum + weight, 0);
  for (const { tokens, weight } of bins) {
    left -= weight;
    if (left < 0) return tokens;
  }
  return bins.at(-1)?.tokens ?? 0;
}

/** As a person would have written it. */
export function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case 'value':
      return String(shape.tokens);
    case 'uniform':
      return `uniform:${shape.from}-${shape.to}`;
    case 'lognormal': {
      const p95 = Math.exp(shape.mu + Z95 * shape.sigma);
      return `lognormal:mean=${Math.round(momentsOf(shape).mean)},p95=${Math.round(p95)}`;
    }
    case 'histogram':
      return `histogram of ${shape.bins.length} lengths`;
  }
}

/** Of a standard normal distribution, 95 % lie below. */
const Z95 = 1.6448536269514722;
/** A lognormal distribution whose 95th percentile is further from its mean does not exist: exp(z²/2). */
const P95_BY_MEAN_MAX = Math.exp(Z95 ** 2 / 2);

/** No call is longer in any model's table. */
export const TOKENS_MAX = 10_000_000;
/** Rows of a histogram's file. */
export const BINS_MAX = 10_000;

export type ShapeRead = { readonly shape: Shape } | { readonly problem: string };

const FORMS = `write a number (800), "uniform:100-300", "lognormal:mean=800,p95=2000" or "histogram:FILE" (lines "tokens,count")`;

/** @param readFile text of a histogram's file; throws where it cannot be read. */
export function shapeFrom(text: string, readFile: (file: string) => string): ShapeRead {
  const given = text.trim();
  if (/^\d[\d_]*(?:\.\d+)?$/.test(given)) return valueFrom(Number(given.replaceAll('_', '')));
  const uniform = /^uniform:(\d+)\s*-\s*(\d+)$/.exec(given);
  if (uniform !== null) return uniformFrom(Number(uniform[1]), Number(uniform[2]));
  const lognormal = /^lognormal:mean=(\d+(?:\.\d+)?),\s*p95=(\d+(?:\.\d+)?)$/.exec(given);
  if (lognormal !== null) return lognormalFrom(Number(lognormal[1]), Number(lognormal[2]));
  const file = /^histogram:(.+)$/.exec(given)?.[1];
  if (file !== undefined) return histogramFrom(file, readFile);
  return { problem: `'${given}' is no number of tokens; ${FORMS}` };
}

function valueFrom(tokens: number): ShapeRead {
  return tokens <= TOKENS_MAX
    ? { shape: { kind: 'value', tokens } }
    : { problem: `${tokens} tokens are more than ${TOKENS_MAX}; no model takes so many` };
}

function uniformFrom(from: number, to: number): ShapeRead {
  if (from <= to && to <= TOKENS_MAX) return { shape: { kind: 'uniform', from, to } };
  return { problem: `uniform:${from}-${to} does not rise, or goes beyond ${TOKENS_MAX}; the smaller one first` };
}

function lognormalFrom(mean: number, p95: number): ShapeRead {
  const ratio = p95 / mean;
  if (!(mean > 0 && p95 <= TOKENS_MAX && ratio > 1 && ratio <= P95_BY_MEAN_MAX)) {
    return {
      problem: `no lognormal distribution has a mean of ${mean} and 95 % below ${p95}; p95 must be above the mean, up to ${P95_BY_MEAN_MAX.toFixed(2)} times it`,
    };
  }
  // ln(p95 / mean) = z σ − σ²/2; the smaller of the two solutions is the one whose tail a person means.
  const sigma = Z95 - Math.sqrt(Z95 ** 2 - 2 * Math.log(ratio));
  return { shape: { kind: 'lognormal', mu: Math.log(mean) - sigma ** 2 / 2, sigma } };
}

function histogramFrom(file: string, readFile: (file: string) => string): ShapeRead {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: `histogram file ${file} cannot be read (${reason}); give lines of "tokens,count"` };
  }
  return histogramOf(text, file);
}

function histogramOf(text: string, file: string): ShapeRead {
  const bins: Array<{ tokens: number; weight: number }> = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || (at === 0 && /[a-z]/i.test(line))) continue;
    const row = /^\s*(\d+(?:\.\d+)?)\s*[,;\t]\s*(\d+(?:\.\d+)?)\s*$/.exec(line);
    const [tokens, weight] = [Number(row?.[1]), Number(row?.[2])];
    if (!(tokens <= TOKENS_MAX && weight >= 0)) {
      return { problem: `${file}:${at + 1}: '${line.slice(0, 60)}' is not "tokens,count"; for example "200,35"` };
    }
    bins.push({ tokens, weight });
    if (bins.length > BINS_MAX) return { problem: `${file}: more than ${BINS_MAX} rows; put lengths together` };
  }
  if (!bins.some(({ weight }) => weight > 0))
    return { problem: `${file}: counts nothing; give lines of "tokens,count"` };
  return { shape: { kind: 'histogram', bins } };
}
