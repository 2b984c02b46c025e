/** What was used in each of the last minutes: the metric of provisioned deployments has a grain of one minute (simulator reference R-26). */
import { MINUTE_MS } from './window.ts';

/** Minutes kept; an older one makes room. */
export const MINUTES_MAX = 60;

export interface Minute {
  /** When it began. Milliseconds since 1970, a whole minute. */
  readonly fromMs: number;
  /** Normalised tokens of the answers that ended in it. */
  readonly tokens: number;
}

export class Minutes {
  readonly #kept: { fromMs: number; tokens: number }[] = [];

  /** Time that runs backwards counts to the last minute. */
  add(tokens: number, nowMs: number): void {
    const fromMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    const last = this.#kept.at(-1);
    if (last !== undefined && last.fromMs >= fromMs) {
      last.tokens += tokens;
      return;
    }
    if (this.#kept.length === MINUTES_MAX) this.#kept.shift();
    this.#kept.push({ fromMs, tokens });
  }

  /** Those in which anything ended, oldest first; at most {@link MINUTES_MAX}. */
  list(): readonly Minute[] {
    return this.#kept.map((minute) => ({ ...minute }));
  }

  clear(): void {
    this.#kept.length = 0;
  }
}
