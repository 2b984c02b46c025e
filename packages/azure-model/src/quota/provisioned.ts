/**
 * How a provisioned deployment counts: a leaky bucket. A request is let in while the bucket is not over its brim, and then fills it
 * by an estimate; when its answer is whole, the estimate is replaced by what it used; and the bucket drains all the time, by the
 * units that are deployed. Source: wire reference §7.2. The depth of the bucket is not published: it is a setting, and its default a guess.
 */
import { type Minute, Minutes } from './minutes.ts';
import { MINUTE_MS } from './window.ts';

export interface ProvisionedSettings {
  /** Normalised tokens (input tokens; output weighed) that drain in a minute. Above 0. */
  readonly tokensPerMinute: number;
  /** Depth of the bucket: 100 % hold what drains in this time. Seconds. Above 0. */
  readonly bucketSeconds: number;
}

/** A guess (wire §11 no. 2): the metric has a grain of one minute. Seconds. */
export const BUCKET_SECONDS = 60;

/** @property utilisation of the bucket, the request's own estimate included; 1 is 100 %. */
export type ProvisionedAdmission =
  | { readonly kind: 'admitted'; readonly utilisation: number }
  /** @property waitMs until the bucket is at its brim again. @property utilisation never below 1: no refusal says that there was room. */
  | { readonly kind: 'refused'; readonly waitMs: number; readonly utilisation: number };

export interface ProvisionedState {
  /** In the bucket. Normalised tokens. */
  readonly level: number;
  readonly bucket: number;
  /** Level by bucket; 1 is 100 %. */
  readonly utilisation: number;
  /** Held shut by an operator until then; null where it is not. Milliseconds since 1970. */
  readonly throttledUntilMs: number | null;
}

/** Told apart by identity alone. */
export type Era = Readonly<Record<never, never>>;

export class ProvisionedQuota {
  readonly kind = 'provisioned';
  readonly settings: ProvisionedSettings;
  readonly #minutes = new Minutes();
  readonly #bucket: number;
  readonly #drainPerMs: number;
  #level = 0;
  #era: Era = {};
  #atMs = Number.NEGATIVE_INFINITY;
  #throttledUntilMs = Number.NEGATIVE_INFINITY;

  constructor(settings: ProvisionedSettings) {
    const { tokensPerMinute, bucketSeconds } = settings;
    if (!(tokensPerMinute > 0 && bucketSeconds > 0)) {
      throw new RangeError(
        `provisioned quota: ${tokensPerMinute} tokens per minute in a bucket of ${bucketSeconds} seconds; both must be above 0`,
      );
    }
    this.settings = settings;
    this.#bucket = (tokensPerMinute * bucketSeconds) / 60;
    this.#drainPerMs = tokensPerMinute / MINUTE_MS;
  }

  /** Tested before the estimate is added: so the level may pass the brim for a moment. */
  admit(estimate: number, nowMs: number): ProvisionedAdmission {
    const waitMs = this.waitMs(nowMs);
    if (waitMs > 0) return { kind: 'refused', waitMs, utilisation: Math.max(1, this.#level / this.#bucket) };
    this.#level += Math.max(0, estimate);
    return { kind: 'admitted', utilisation: this.#level / this.#bucket };
  }

  /** Until a request is let in; 0 or less: now. Counts nothing. */
  waitMs(nowMs: number): number {
    this.#drain(nowMs);
    return Math.max(this.#throttledUntilMs - nowMs, (this.#level - this.#bucket) / this.#drainPerMs);
  }

  /** Begins anew whenever an operator says what the bucket holds; estimates of an earlier era are no longer in it. */
  get era(): Era {
    return this.#era;
  }

  /** The last moment that it knows of: right after {@link admit} that of the admission. Milliseconds since 1970. */
  get atMs(): number {
    return this.#atMs;
  }

  /**
   * Replaces an estimate by what was used.
   * @param era in which it was charged: one that an operator ended changes the metric alone. @param sinceMs when it was let in.
   */
  settle(estimate: number, used: number, nowMs: number, era = this.#era, sinceMs = nowMs): void {
    this.#drain(nowMs);
    if (era === this.#era) this.#level = Math.max(0, this.#level + used - estimate);
    this.#minutes.add(used, nowMs, Math.min(sinceMs, nowMs));
  }

  /** The metric: of each of the last minutes, what answers that have ended used in it, by what the units are good for. 1 is 100 %. */
  minutes(): ReadonlyArray<Minute & { readonly utilisation: number }> {
    const { tokensPerMinute } = this.settings;
    return this.#minutes.list().map((minute) => ({ ...minute, utilisation: minute.tokens / tokensPerMinute }));
  }

  throttleUntil(untilMs: number): void {
    this.#throttledUntilMs = untilMs;
  }

  /** Empties bucket and metric, and lifts what an operator laid on it. */
  reset(): void {
    this.#level = 0;
    this.#era = {};
    this.#minutes.clear();
    this.#throttledUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** @param utilisation 1 is 100 %. */
  set(utilisation: number, nowMs: number): void {
    this.#drain(nowMs);
    this.#level = Math.max(0, utilisation) * this.#bucket;
    this.#era = {};
  }

  /** Takes over what another one holds: its tokens, not its percentage, with the estimates among them, which are settled here. */
  goOnFrom(before: ProvisionedQuota, nowMs: number): void {
    before.#drain(nowMs);
    this.#drain(nowMs);
    this.#level = before.#level;
    this.#era = before.#era;
    this.#throttledUntilMs = before.#throttledUntilMs;
  }

  state(nowMs: number): ProvisionedState {
    this.#drain(nowMs);
    return {
      level: this.#level,
      bucket: this.#bucket,
      utilisation: this.#level / this.#bucket,
      throttledUntilMs: nowMs < this.#throttledUntilMs ? this.#throttledUntilMs : null,
    };
  }

  /** Time does not run backwards here, whatever a clock may say. */
  #drain(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    if (this.#level > 0) this.#level = Math.max(0, this.#level - (nowMs - this.#atMs) * this.#drainPerMs);
    this.#atMs = nowMs;
  }
}
