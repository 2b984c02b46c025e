/**
 * What an exchange leaves behind for its record: choices, tries and waits as they were, not copied and not written out. Who asks for
 * the record pays for it (decisions.ts); most are never asked for.
 */
import type { Decision, Need, Pool, WaitRecord } from '@spillway/policy';
import type { AttemptRecord } from '../observe/events.ts';

/** Choices of one exchange that are kept, the first ones; each deployment of a large pool may have been tried. */
export const PICKS_MAX = 40;
/** Waits of one exchange that are kept. */
export const WAITS_MAX = 40;

export class Trail {
  /** Name; null until there has been a choice. */
  pool: string | null = null;
  need: Need | null = null;
  readonly picks: Decision[] = [];
  picksLeftOut = 0;
  readonly attempts: AttemptRecord[] = [];
  readonly waits: WaitRecord[] = [];
  /** Of all waits together. Milliseconds. */
  waitedMs = 0;
  /** When the gateway itself told the client to come back; null: it did not. Milliseconds. */
  retryAfterMs: number | null = null;

  picked(pool: Pool, need: Need, decision: Decision): Decision {
    this.pool = pool.name;
    this.need = need;
    if (this.picks.length < PICKS_MAX) this.picks.push(decision);
    else this.picksLeftOut++;
    return decision;
  }

  tried(attempt: AttemptRecord): AttemptRecord {
    this.attempts.push(attempt);
    return attempt;
  }

  waited(fromMs: number, untilMs: number): void {
    this.waitedMs += untilMs - fromMs;
    if (this.waits.length < WAITS_MAX) this.waits.push({ fromMs, waitedMs: untilMs - fromMs });
  }

  /** @param headers of the gateway's own answer: names and values in turn. */
  answersOwn(headers: readonly string[]): void {
    const at = headers.indexOf('retry-after-ms');
    if (at >= 0) this.retryAfterMs = Number(headers[at + 1]);
  }
}
