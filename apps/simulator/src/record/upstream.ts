/** Requests on their way to real resources, each filling the tape of its answer. Side by side, within limits of number and time. */
import type { Clock, Timer } from '@spillway/clock';
import { withoutCredentials } from '@spillway/protocol';
import { Agent, type Dispatcher } from 'undici';
import { headersUp } from './headers.ts';
import type { RecordLimits } from './limits.ts';
import type { Tape, TapeFailure, TapeSource } from './tape.ts';

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  /** Flat list of names and values, as the client sent them. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** A real resource. */
export interface UpstreamTarget {
  /** Without `/openai`. */
  readonly url: string;
  readonly key: string;
}

/** Longest head of an answer. Bytes. */
const HEAD_BYTES_MAX = 64 * 1024;

export class Upstreams {
  readonly #limits: RecordLimits;
  readonly #clock: Clock;
  readonly #agent: Agent;
  #calls = 0;

  /** @param clock of the network, which no simulated time hastens. */
  constructor(limits: RecordLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#agent = new Agent({
      pipelining: 1,
      // Limits of time are held on the clock; this one only ends connects that were given up.
      connect: { timeout: limits.connectMsMax },
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEAD_BYTES_MAX,
    });
  }

  /** @param over called once: the tape is at its end, or nobody reads it any more. */
  send(request: UpstreamRequest, target: UpstreamTarget, tape: Tape, over: () => void): void {
    if (this.#calls >= this.#limits.callsMax) {
      const reason = `${this.#limits.callsMax} requests are on their way`;
      tape.finish({ kind: 'failed', failure: { kind: 'refused', reason } });
      over();
      return;
    }
    this.#calls++;
    const call = new Call(tape, this.#limits, this.#clock, () => {
      this.#calls--;
      over();
    });
    this.#agent.dispatch(dispatchOf(request, target), call);
  }

  /** Closes every connection; what is on its way fails. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function dispatchOf(request: UpstreamRequest, { url, key }: UpstreamTarget): Dispatcher.DispatchOptions {
  const { origin, pathname } = new URL(url);
  const query = withoutCredentials(request.query);
  return {
    origin,
    method: request.method,
    path: `${pathname.replace(/\/$/, '')}${request.path}${query === '' ? '' : `?${query}`}`,
    headers: headersUp(request.rawHeaders, key),
    body: request.body.length === 0 ? null : request.body,
  };
}

const CANCELLED = new Error('cancelled: nobody waits for the answer');

class Call implements Dispatcher.DispatchHandler, TapeSource {
  readonly #tape: Tape;
  readonly #limits: RecordLimits;
  readonly #clock: Clock;
  readonly #ended: () => void;
  readonly #startMs: number;
  #controller: Dispatcher.DispatchController | null = null;
  #timer: Timer;
  /** The last sign of life. */
  #heardMs: number;
  #waits = false;
  #over = false;

  constructor(tape: Tape, limits: RecordLimits, clock: Clock, ended: () => void) {
    this.#tape = tape;
    this.#limits = limits;
    this.#clock = clock;
    this.#ended = ended;
    this.#startMs = clock.nowMs();
    this.#heardMs = this.#startMs;
    this.#timer = clock.after(limits.connectMsMax, () => this.#late(`no connection in ${limits.connectMsMax} ms`));
    tape.from(this);
  }

  cancel(): void {
    if (this.#end()) this.#controller?.abort(CANCELLED);
  }

  pause(): void {
    this.#waits = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#waits = false;
    this.#heardMs = this.#clock.nowMs();
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) {
      controller.abort(CANCELLED);
      return;
    }
    const { headMsMax } = this.#limits;
    this.#timer.cancel();
    this.#timer = this.#clock.after(headMsMax, () => this.#late(`no answer in ${headMsMax} ms`));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, statusText?: string): void {
    if (this.#over || status < 200) return;
    this.#timer.cancel();
    this.#heardMs = this.#clock.nowMs();
    this.#watch(this.#limits.idleMsMax);
    const headers = flatHeaders(controller.rawHeaders);
    this.#tape.begin({ status, statusText: statusText ?? '', headers, atMs: this.#heardMs - this.#startMs });
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#over) return;
    this.#heardMs = this.#clock.nowMs();
    this.#tape.add({ atMs: this.#heardMs - this.#startMs, bytes });
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#tape.finish({ kind: 'whole' });
    this.#end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    this.#fail({ kind: this.#controller === null ? 'unreachable' : 'broken', reason });
  }

  /** One timer for all pieces: it looks how long ago the last one came. While the client reads slowly, the upstream is not late. */
  #watch(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      const { idleMsMax } = this.#limits;
      const restMs = this.#heardMs + idleMsMax - this.#clock.nowMs();
      if (this.#waits) this.#watch(idleMsMax);
      else if (restMs > 0) this.#watch(restMs);
      else this.#late(`nothing more in ${idleMsMax} ms`);
    });
  }

  #late(reason: string): void {
    this.#fail({ kind: 'late', reason });
    this.#controller?.abort(CANCELLED);
  }

  #fail(failure: TapeFailure): void {
    if (this.#over) return;
    this.#tape.finish({ kind: 'failed', failure });
    this.#end();
  }

  /** @returns whether it had not ended before. */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#timer.cancel();
    this.#ended();
    return true;
  }
}

/** undici hands on the head's names and values as bytes, in turn. */
function flatHeaders(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1'))) : [];
}
