/**
 * Where a provisioned deployment that tells no utilisation has its brim. Nothing but answers and refusals speak of it then: below it
 * every request is let in, from it on none (wire §7.2). So now and then a request is sent past the believed brim: one that is let in
 * raises the belief, one that is refused sets it. A refusal costs the client nothing where another deployment serves, and each makes
 * the next such request rarer.
 */

/** Answers in a row without the header after which it is taken to be missing: it may be empty now and then (wire §4.1). */
const UNHEARD_MIN = 10;
/** Between two requests past the brim: at first, and at most. Milliseconds. */
const EVERY_MS = 1_000;
const EVERY_MAX_MS = 30_000;
/** So much deeper than what was proven the bucket is taken to be: before the first refusal, and near one. Share. */
const STEP = 0.08;
const STEP_NEAR = 0.005;
/** How long a refusal keeps the steps small. Units may have been added since. Milliseconds. */
const REFUSED_HOLDS_MS = 600_000;

export class Brim {
  #unheard = 0;
  #everyMs = EVERY_MS;
  #nextMs = Number.NEGATIVE_INFINITY;
  #refusedMs = Number.NEGATIVE_INFINITY;

  /** Nothing tells how full the bucket is. */
  get isUntold(): boolean {
    return this.#unheard >= UNHEARD_MIN;
  }

  /** A refusal has shown where it is. */
  isFound(nowMs: number): boolean {
    return this.isUntold && this.#isNear(nowMs);
  }

  /** The header has spoken. */
  heard(): void {
    this.#unheard = 0;
  }

  /** Whether a request may be sent although there is no room for it, as believed. @param isPast the level is past the whole brim. */
  mayTry(nowMs: number, isPast: boolean): boolean {
    return this.isUntold && nowMs >= this.#nextMs && (isPast || !this.#isNear(nowMs));
  }

  tries(nowMs: number): void {
    this.#nextMs = nowMs + this.#everyMs;
  }

  /**
   * A request was let in. @param level when it was sent, itself left out. @param spilledAt what was held to be the most for it.
   * @param depth as believed. @returns what is to be believed now. Normalised tokens.
   */
  letIn(level: number, spilledAt: number, depth: number, nowMs: number): number {
    this.#unheard++;
    if (!this.isUntold || level < spilledAt) return depth;
    const isNear = this.#isNear(nowMs);
    if (isNear && level < depth) return depth;
    this.#everyMs = Math.max(EVERY_MS, this.#everyMs / 2);
    return depth * (1 + (isNear ? STEP_NEAR : STEP));
  }

  /** One was refused, in the same terms. @returns what is to be believed now; null: the header tells it. Normalised tokens. */
  refused(level: number, depth: number, nowMs: number): number | null {
    if (!this.isUntold) return null;
    this.#refusedMs = nowMs;
    this.#everyMs = Math.min(EVERY_MAX_MS, this.#everyMs * 2);
    this.#nextMs = nowMs + this.#everyMs;
    // The level may hold what was refused beside it: never more than was believed.
    return Math.min(level, depth);
  }

  #isNear(nowMs: number): boolean {
    return nowMs - this.#refusedMs < REFUSED_HOLDS_MS;
  }
}
