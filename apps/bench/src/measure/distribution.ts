/** Values of one figure: exact ends and mean, percentiles from a histogram of three digits whose size does not grow with the count. */
import { build, type Histogram } from 'hdr-histogram-js';
import type { Spread } from './report.ts';

/** Values are kept as whole millionths: microseconds of seconds, millionths of a share. */
const UNITS = 1e6;
/** Beyond this a value counts as this, in percentiles: two days in seconds, more tokens than any model has. */
const VALUE_MAX = 172_800;

export class Distribution {
  readonly #histogram: Histogram = build({ autoResize: true, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
  readonly #scale: number;
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** @param unit of the values; `count` for whole numbers such as tokens. */
  constructor(unit: 'seconds' | 'share' | 'count' = 'seconds') {
    this.#scale = unit === 'count' ? 1 : UNITS;
  }

  /** Negative and unreal values are left out: a clock that steps back is no measurement. */
  add(value: number): void {
    if (!(value >= 0)) return;
    this.#count++;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    const most = this.#scale === 1 ? VALUE_MAX * 1_000 : VALUE_MAX * UNITS;
    this.#histogram.recordValue(Math.min(most, Math.round(value * this.#scale)));
  }

  get count(): number {
    return this.#count;
  }

  spread(): Spread {
    if (this.#count === 0) return NOTHING;
    const [p50, p90, p95, p99] = [50, 90, 95, 99].map((p) => this.#at(p));
    return {
      count: this.#count,
      avg: this.#sum / this.#count,
      min: this.#min,
      p50: p50 ?? null,
      p90: p90 ?? null,
      p95: p95 ?? null,
      p99: p99 ?? null,
      max: this.#max,
    };
  }

  /** Never outside of what was seen: a bucket of the histogram reaches a little beyond its values. */
  #at(percentile: number): number {
    const value = this.#histogram.getValueAtPercentile(percentile) / this.#scale;
    return Math.min(this.#max, Math.max(this.#min, value));
  }
}

export const NOTHING: Spread = {
  count: 0,
  avg: null,
  min: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  max: null,
};

/**
 * Of few values, exactly, by linear interpolation as azure-openai-benchmark did (simulator reference B-80). null: none.
 * @param sorted ascending. @param percentile 0 to 100.
 */
export function percentileOf(sorted: readonly number[], percentile: number): number | null {
  if (sorted.length === 0) return null;
  const at = ((sorted.length - 1) * percentile) / 100;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
