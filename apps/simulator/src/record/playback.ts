/**
 * Plays a tape on a connection: what is recorded in its own pace, what is on its way as it comes. Waits for slow readers, stops when
 * the client leaves, and breaks off where the upstream did.
 */
import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '@spillway/clock';
import { usageIn } from '@spillway/protocol';
import { type Ended, play } from '../play.ts';
import { upstreamFailed } from './refusals.ts';
import type { Tape, TapeChunk, TapeHead, TapeReader } from './tape.ts';

/** What a deployment has under way; it may be told what the answer used. */
export interface Charge {
  end(nowMs: number, shownEvents: number | null): void;
  /** @param completionTokens as the answer itself reports them. */
  used?(completionTokens: number): void;
}

export interface PlaybackSettings {
  readonly tape: Tape;
  /** Headers of the answer. */
  readonly headers: (head: TapeHead) => string[];
  /** Times as fast as it was recorded, 0 at once; null: as it comes. */
  readonly speed: number | null;
  readonly clock: Clock;
  readonly work: Charge | null;
}

const CLIENT_LEFT = 499;
/** The end of an answer, in which its usage stands. Bytes. */
const TAIL_BYTES_MAX = 16 * 1024;

export class Playback {
  readonly #settings: PlaybackSettings;
  readonly #response: ServerResponse;
  readonly #ended: Ended;
  readonly #reader: TapeReader;
  readonly #startMs: number;
  #timer: Timer | null = null;
  /** waits: for a moment of the clock, or for a slow reader. */
  #state: 'plays' | 'waits' | 'over' = 'plays';
  #tail: Buffer = Buffer.alloc(0);

  /** @param ended called once, when nothing more will be sent. */
  constructor(settings: PlaybackSettings, response: ServerResponse, ended: Ended) {
    this.#settings = settings;
    this.#response = response;
    this.#ended = ended;
    this.#startMs = settings.clock.nowMs();
    this.#reader = settings.tape.join(() => {
      if (this.#state === 'plays') this.#step();
    });
  }

  begin(): void {
    const left = (): void => this.#end(CLIENT_LEFT);
    this.#response.on('close', left);
    // A client that has left already is not told of again.
    if (this.#response.closed) left();
    else this.#step();
  }

  #step(): void {
    const { tape } = this.#settings;
    while (this.#state === 'plays') {
      const { head } = tape;
      const chunk = tape.peek(this.#reader);
      if (head !== null && !this.#response.headersSent) this.#at(head.atMs, () => this.#begin(head));
      else if (chunk !== undefined) this.#at(chunk.atMs, () => this.#put(chunk));
      else {
        if (tape.end !== null) this.#finish();
        return;
      }
    }
  }

  /** Acts at once, or when the time has come and then goes on. */
  #at(recordedMs: number, act: () => void): void {
    const { speed, clock } = this.#settings;
    const dueMs = speed === null || speed === 0 ? 0 : this.#startMs + recordedMs / speed - clock.nowMs();
    if (dueMs <= 0) {
      act();
      return;
    }
    this.#state = 'waits';
    this.#timer = clock.after(dueMs, this.#resume);
  }

  readonly #resume = (): void => {
    if (this.#state !== 'waits') return;
    this.#state = 'plays';
    this.#step();
  };

  #begin(head: TapeHead): void {
    const headers = this.#settings.headers(head);
    if (head.statusText === '') this.#response.writeHead(head.status, headers);
    else this.#response.writeHead(head.status, head.statusText, headers);
    this.#response.flushHeaders();
  }

  #put({ bytes }: TapeChunk): void {
    this.#settings.tape.advance(this.#reader);
    if (this.#settings.work !== null) this.#tail = tailOf(this.#tail, bytes);
    if (this.#response.write(bytes)) return;
    this.#state = 'waits';
    this.#response.once('drain', this.#resume);
  }

  #finish(): void {
    const { tape, clock } = this.#settings;
    const { head, end } = tape;
    const failure = end?.kind === 'failed' ? end.failure : null;
    if (failure === null) {
      this.#end(head?.status ?? null);
      this.#response.end();
    } else if (head === null) {
      const answer = upstreamFailed(failure);
      this.#end(answer.status);
      play(answer, this.#response, clock, () => {});
    } else {
      this.#end(head.status);
      const { socket } = this.#response;
      this.#response.write('', () => socket?.destroy());
    }
  }

  #end(status: number | null): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#timer?.cancel();
    const { work, clock, tape } = this.#settings;
    tape.leave(this.#reader);
    this.#settle(work);
    work?.end(clock.nowMs(), null);
    this.#ended(status);
  }

  #settle(work: Charge | null): void {
    const tokens = work === null ? null : (usageIn(this.#tail.toString('latin1'))?.completionTokens ?? null);
    if (tokens !== null) work?.used?.(tokens);
  }
}

function tailOf(tail: Buffer, bytes: Buffer): Buffer {
  if (bytes.length >= TAIL_BYTES_MAX) return bytes.subarray(bytes.length - TAIL_BYTES_MAX);
  const both = Buffer.concat([tail, bytes]);
  return both.length <= TAIL_BYTES_MAX ? both : both.subarray(both.length - TAIL_BYTES_MAX);
}
