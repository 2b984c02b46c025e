/** Sends one request and reads its answer, over keep-alive connections that are not limited in number. */
import type { Clock } from '@spillway/clock';
import { readingOf } from '@spillway/policy';
import { NO_USAGE, type RetryHint, retryHint } from '@spillway/protocol';
import { type Dispatcher, Pool } from 'undici';
import type { Api } from '../spec.ts';
import { type AnswerReader, answerReader, type Reading } from './answer-reader.ts';
import type { CallClass, Hedge, QuotaHeaders } from './call.ts';

export interface Sent {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly api: Api;
  readonly timeoutMs: number;
  /** What the answer says is kept, for the log. */
  readonly keepsTexts?: boolean;
}

/** One attempt: what was read, and what the head told. Times are milliseconds since the run began. */
export interface Answered extends Omit<Reading, 'class'> {
  readonly class: CallClass;
  /** 0: no answer. */
  readonly status: number;
  readonly headMs: number | null;
  readonly endMs: number;
  readonly hint: RetryHint | null;
  readonly utilisation: number | null;
  readonly quota: QuotaHeaders | null;
  readonly servedBy: string | null;
  readonly spilledOver: boolean;
  /** Of a request that was sent twice, which one answered; null: sent once. */
  readonly hedge: Hedge | null;
}

export interface Sending {
  /** Ends it; it comes back as `cancelled`. */
  cancel(): void;
}

/** The time as the run counts it, and timers on it. */
export interface RunClock {
  /** Since the run began. Milliseconds, monotonic. */
  nowMs(): number;
  /** Milliseconds since 1970: some headers name a date. */
  wallMs(): number;
  after(delayMs: number, run: () => void): { cancel(): void };
}

/** @param startedAtMs when the run began: milliseconds since 1970. */
export function runClock(clock: Clock, startedAtMs: number): RunClock {
  return {
    nowMs: () => clock.nowMs() - startedAtMs,
    wallMs: () => clock.nowMs(),
    after: (delayMs, run) => clock.after(delayMs, run),
  };
}

const KEEP_ALIVE_MS = 30_000;
const CONNECT_MS_MAX = 30_000;

export class Sender {
  readonly #pools = new Map<string, Pool>();
  readonly #clock: RunClock;

  constructor(clock: RunClock) {
    this.#clock = clock;
  }

  /** @param done called once, whatever happens. @param begun called when the answer's head is there. */
  send(request: Sent, done: (answered: Answered) => void, begun: (status: number) => void = () => {}): Sending {
    const { origin, pathname, search } = new URL(request.address);
    const attempt = new Attempt(request, this.#clock, { done, begun });
    const { headers, body } = request;
    this.#pool(origin).dispatch({ path: pathname + search, method: 'POST', headers, body }, attempt);
    return attempt;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #pool(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: null,
        pipelining: 1,
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: { timeout: CONNECT_MS_MAX },
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

/** Why an attempt was ended from this side. */
class Ended extends Error {
  readonly as: 'timeout' | 'cancelled' | 'broken';

  constructor(as: Ended['as']) {
    super(as);
    this.as = as;
  }
}

/** Code of an answer that does not end: longer than is read. */
export const TOO_LONG = 'answer_too_long';

const NOTHING_READ: Reading = {
  class: 'reset',
  errorCode: null,
  usage: NO_USAGE,
  firstContentMs: null,
  chunks: 0,
  gapsMs: [],
  text: '',
  texts: [],
};

interface Told {
  readonly done: (answered: Answered) => void;
  readonly begun: (status: number) => void;
}

class Attempt implements Dispatcher.DispatchHandler, Sending {
  readonly #request: Sent;
  readonly #clock: RunClock;
  readonly #told: Told;
  readonly #limit: { cancel(): void };
  #controller: Dispatcher.DispatchController | null = null;
  #reader: AnswerReader | null = null;
  #head: Head = NO_HEAD;
  #headMs: number | null = null;
  #ended: Ended['as'] | null = null;
  #isOver = false;

  constructor(request: Sent, clock: RunClock, told: Told) {
    this.#request = request;
    this.#clock = clock;
    this.#told = told;
    this.#limit = clock.after(request.timeoutMs, () => this.#end('timeout'));
  }

  cancel(): void {
    this.#end('cancelled');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended !== null) controller.abort(new Ended(this.#ended));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    const atMs = this.#clock.nowMs();
    this.#headMs = atMs;
    this.#told.begun(status);
    const header = (name: string): string | undefined => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    this.#head = headOf(status, header, atMs, this.#clock.wallMs());
    this.#reader = answerReader(this.#request.api, status, header('content-type') ?? '', this.#request.keepsTexts);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#reader?.push(chunk, this.#clock.nowMs()) === false) this.#end('broken');
  }

  onResponseEnd(): void {
    this.#over(true, null);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#over(false, 'code' in error && typeof error.code === 'string' ? error.code : error.name);
  }

  #end(as: Ended['as']): void {
    if (this.#isOver || this.#ended !== null) return;
    this.#ended = as;
    if (this.#controller !== null) this.#controller.abort(new Ended(as));
    // Not connected yet: undici would keep it until it is.
    else this.#over(false, null);
  }

  #over(isWhole: boolean, code: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#limit.cancel();
    const endMs = this.#clock.nowMs();
    const reading = this.#reader?.end(isWhole, endMs) ?? NOTHING_READ;
    const own = this.#ended === 'broken' ? TOO_LONG : null;
    const answered = {
      ...reading,
      class: this.#ended ?? reading.class,
      errorCode: own ?? reading.errorCode ?? (isWhole || this.#ended !== null ? null : code),
      headMs: this.#headMs,
      endMs,
      ...this.#head,
      hedge: null,
    };
    // Never within the call that sends: undici may refuse at once. And in a later turn of the event loop: whoever asks again at once
    // would let nobody else have a turn.
    setImmediate(() => this.#told.done(answered));
  }
}

type Head = Pick<Answered, 'status' | 'hint' | 'utilisation' | 'quota' | 'servedBy' | 'spilledOver'>;

const NO_HEAD: Head = { status: 0, hint: null, utilisation: null, quota: null, servedBy: null, spilledOver: false };

function headOf(status: number, header: (name: string) => string | undefined, atMs: number, wallMs: number): Head {
  const reading = readingOf(status, header, wallMs);
  const { limitTokens, remainingTokens, limitRequests, remainingRequests, utilisation } = reading;
  // A server that is overloaded says so too.
  const hint = status === 503 ? retryHint(header, wallMs) : reading.hint;
  const knows = remainingTokens !== null || remainingRequests !== null;
  return {
    status,
    hint,
    utilisation,
    quota: knows ? { atMs, limitTokens, remainingTokens, limitRequests, remainingRequests } : null,
    servedBy: header('x-spillway-deployment') ?? header('x-ms-deployment-name') ?? header('x-ms-region') ?? null,
    spilledOver:
      header('x-ms-is-spilled-over')?.toLowerCase() === 'true' ||
      header('x-ms-spillover-from-deployment') !== undefined,
  };
}
