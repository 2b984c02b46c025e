/**
 * Upstream over undici: a pool of keep-alive connections for each origin, one request at a time on each connection.
 * Deadlines are the exchange's matter, so undici's own are off.
 */
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { FileBody } from '../body/body.ts';
import { type AtEndOfTurn, atEndOfTurn } from '../end-of-turn.ts';
import type { RawHeaders } from '../listen/inbound.ts';
import { interimOfRead, withoutInterim } from './interim.ts';
import type { Receiver, Upstream, UpstreamCall, UpstreamFailure, UpstreamRequest } from './upstream.ts';

/** An idle connection is closed after this time; Azure's front doors hold them longer. Milliseconds. */
const KEEP_ALIVE_MS = 30_000;
/** Longest head of an answer. Bytes. */
const HEAD_BYTES_MAX = 64 * 1024;
/** A connect that the exchange gave up on is ended by undici after this time. Milliseconds. */
const CONNECT_MS_MAX = 60_000;

type Method = Dispatcher.DispatchOptions['method'];

export interface UndiciSettings {
  /** Longest time undici itself waits for a connection; the exchange's own limit is shorter. Milliseconds. */
  readonly connectMsMax?: number;
}

export class UndiciUpstream implements Upstream {
  readonly #pools = new Map<string, Pool>();
  readonly #connect: buildConnector.connector;

  constructor(settings: UndiciSettings = {}) {
    // HTTP/2 has other rules for heads and for what stands in a row; the seam knows HTTP/1.1.
    const connect = buildConnector({ timeout: settings.connectMsMax ?? CONNECT_MS_MAX, allowH2: false });
    this.#connect = (options, done) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return done(error, null);
        withoutInterim(socket);
        done(null, socket);
      });
  }

  send(request: UpstreamRequest, receiver: Receiver): UpstreamCall {
    const call = new Call(this.#pool(request.origin), request, receiver);
    atEndOfTurn(call);
    return call;
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
        pipelining: 1,
        connect: this.#connect,
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: HEAD_BYTES_MAX,
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

const CANCELLED = new Error('cancelled by the gateway');

class Call implements Dispatcher.DispatchHandler, UpstreamCall, AtEndOfTurn {
  readonly #pool: Pool;
  readonly #receiver: Receiver;
  #request: UpstreamRequest | null;
  #controller: Dispatcher.DispatchController | null = null;
  #connected = false;
  #over = false;

  constructor(pool: Pool, request: UpstreamRequest, receiver: Receiver) {
    this.#pool = pool;
    this.#request = request;
    this.#receiver = receiver;
  }

  onEndOfTurn(): void {
    const request = this.#request;
    // It is undici's from here on: an answer that streams for an hour must not keep the request's body.
    this.#request = null;
    if (this.#over || request === null) return;
    const { origin, path, body } = request;
    const method = request.method as Method;
    const headers = request.headers as string[];
    if (body === null || Buffer.isBuffer(body)) this.#pool.dispatch({ origin, path, method, headers, body }, this);
    else this.#sendFile({ origin, path, method, headers }, body);
  }

  /** Each piece that goes out is a sign of life: a long body takes longer than an answer may. */
  #sendFile({ headers, ...head }: Dispatcher.DispatchOptions & { readonly headers: string[] }, file: FileBody): void {
    const body = file.open();
    body.pause();
    body.on('data', () => {
      if (this.#connected && !this.#over) this.#receiver.onConnected();
    });
    const withLength = [...headers, 'content-length', String(file.length)];
    this.#pool.dispatch({ ...head, headers: withLength, body }, this);
  }

  cancel(): void {
    this.#over = true;
    this.#controller?.abort(CANCELLED);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) return controller.abort(CANCELLED);
    this.#controller = controller;
    this.#connected = true;
    this.#receiver.onConnected();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, reason?: string): void {
    if (status < 200) return;
    interimOfRead()?.headRead();
    if (this.#over) return;
    this.#receiver.onHead(status, reason ?? '', textOf(controller.rawHeaders));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#receiver.onData(chunk);
  }

  onResponseEnd(): void {
    interimOfRead()?.answerRead();
    if (this.#over) return;
    this.#over = true;
    this.#receiver.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.onFailure(failureOf(error, this.#connected));
  }
}

/** undici hands on the head's names and values as bytes, in turn. */
function textOf(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  const text: string[] = [];
  if (!Array.isArray(raw)) return text;
  for (const item of raw) text.push(typeof item === 'string' ? item : item.toString('latin1'));
  return text;
}

/** undici refuses a head that it finds malformed; then nothing was sent and no backend is to blame. */
const MALFORMED = 'UND_ERR_INVALID_ARG';

function failureOf(error: Error, connected: boolean): UpstreamFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const kind = code === MALFORMED ? 'malformed' : connected ? 'broken' : 'unsent';
  return { kind, code, message: error.message };
}
