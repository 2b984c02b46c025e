/** What a run looks like while it goes on: figures so far, and the last minute second by second. For the view on a terminal. */
import type { CallResult } from '../drive/call.ts';
import { Distribution } from '../measure/distribution.ts';
import type { Line, Spread } from '../measure/report.ts';
import { isAnswer } from '../measure/window.ts';
import type { Progress } from '../run.ts';

/** Seconds that are kept one by one. */
export const LIVE_SECONDS = 60;

/** One second of a run. */
export interface LiveSecond {
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  /** To the end of the answers of this second, from the send, on average. Seconds; null: there were none. */
  readonly latency: number | null;
}

export interface LiveView {
  readonly mode: string;
  readonly progress: Progress;
  readonly line: Line;
  /** Over the last minute, or as long as the run is. null: it has only just begun. */
  readonly sentPerMinute: number | null;
  /** The last whole seconds, oldest first. */
  readonly seconds: readonly LiveSecond[];
  /** Of the measured part so far. Seconds. */
  readonly ttft: Spread;
  readonly ttftIntended: Spread;
  readonly e2e: Spread;
  readonly e2eIntended: Spread;
  /** What is known of the next 429: the last answer's remaining tokens and requests; null: not told. */
  readonly remainingTokens: number | null;
  readonly remainingRequests: number | null;
}

class Second {
  answered = 0;
  refused = 0;
  failed = 0;
  latencyMs = 0;

  get view(): LiveSecond {
    const { answered, refused, failed, latencyMs } = this;
    return { answered, refused, failed, latency: answered === 0 ? null : latencyMs / answered / 1_000 };
  }
}

export class LiveTally {
  readonly #mode: string;
  readonly #seconds = new Map<number, Second>();
  readonly #sent: Array<readonly [atMs: number, total: number]> = [[0, 0]];
  readonly #ttft = new Distribution();
  readonly #ttftIntended = new Distribution();
  readonly #e2e = new Distribution();
  readonly #e2eIntended = new Distribution();
  #quota: CallResult['quota'] = null;

  /** @param mode how load is made, in words. */
  constructor(mode: string) {
    this.#mode = mode;
  }

  add(result: CallResult): void {
    if (result.class === 'cancelled') return;
    const second = this.#second(Math.floor(result.endMs / 1_000));
    if (result.quota !== null && result.quota.atMs >= (this.#quota?.atMs ?? 0)) this.#quota = result.quota;
    if (result.status === 429) second.refused++;
    else if (!isAnswer(result)) second.failed++;
    else {
      second.answered++;
      second.latencyMs += result.endMs - result.sentMs;
      if (result.phase === 'measure') this.#addAnswer(result);
    }
  }

  view(line: Line, progress: Progress): LiveView {
    const now = Math.floor(progress.atMs / 1_000);
    for (const at of this.#seconds.keys()) if (at < now - LIVE_SECONDS) this.#seconds.delete(at);
    const from = Math.max(0, now - LIVE_SECONDS);
    const nothing = new Second();
    return {
      mode: this.#mode,
      progress,
      line,
      sentPerMinute: this.#sentPerMinute(progress.atMs, line.completed + line.processing),
      seconds: Array.from({ length: now - from }, (_, i) => (this.#seconds.get(from + i) ?? nothing).view),
      ttft: this.#ttft.spread(),
      ttftIntended: this.#ttftIntended.spread(),
      e2e: this.#e2e.spread(),
      e2eIntended: this.#e2eIntended.spread(),
      remainingTokens: this.#quota?.remainingTokens ?? null,
      remainingRequests: this.#quota?.remainingRequests ?? null,
    };
  }

  #addAnswer({ sentMs, intendedMs, firstContentMs, endMs }: CallResult): void {
    this.#e2e.add((endMs - sentMs) / 1_000);
    this.#e2eIntended.add((endMs - intendedMs) / 1_000);
    if (firstContentMs === null) return;
    this.#ttft.add((firstContentMs - sentMs) / 1_000);
    this.#ttftIntended.add((firstContentMs - intendedMs) / 1_000);
  }

  #second(at: number): Second {
    const second = this.#seconds.get(at) ?? new Second();
    this.#seconds.set(at, second);
    return second;
  }

  #sentPerMinute(atMs: number, total: number): number | null {
    this.#sent.push([atMs, total]);
    while (this.#sent.length > 2 && (this.#sent[0]?.[0] ?? 0) < atMs - LIVE_SECONDS * 1_000) this.#sent.shift();
    const [thenMs, then] = this.#sent[0] ?? [0, 0];
    return atMs > thenMs ? ((total - then) * 60_000) / (atMs - thenMs) : null;
  }
}
