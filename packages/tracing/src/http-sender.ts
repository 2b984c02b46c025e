/** OTLP over HTTP/1.1. Source: OpenTelemetry Protocol specification 1.x, "OTLP/HTTP". */
import { Agent, type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';
import type { Clock } from '@spillway/clock';
import type { Destination } from './destination.ts';
import { ANSWER_BYTES_MAX, type Delivery, reasonOf, type Sender, STATUSES_LATER, tlsFiles } from './sender.ts';

export class HttpSender implements Sender {
  readonly #to: Destination;
  readonly #clock: Clock;
  #agent: Agent | null = null;

  constructor(to: Destination, clock: Clock) {
    this.#to = to;
    this.#clock = clock;
  }

  send(batch: Uint8Array): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    try {
      const request = this.#request();
      const late = () => request.destroy(new Error(`no answer within ${this.#to.timeoutMs} ms`));
      const timer = this.#clock.after(this.#to.timeoutMs, late);
      const over = (delivery: Delivery) => {
        timer.cancel();
        resolve(delivery);
      };
      request.once('error', (error) => over({ kind: 'later', reason: reasonOf(error), afterMs: null }));
      request.once('response', (answer) => read(answer, over));
      request.end(this.#to.isCompressed ? gzipSync(batch) : batch);
    } catch (error) {
      // A file of a certificate that is not there, a header that HTTP does not allow.
      resolve({ kind: 'refused', reason: reasonOf(error) });
    }
    return promise;
  }

  close(): void {
    this.#agent?.destroy();
  }

  #request(): ClientRequest {
    const { url, protocol, isCompressed, headers } = this.#to;
    const isTls = url.protocol === 'https:';
    const settings = { keepAlive: true, maxSockets: 1 };
    this.#agent ??= isTls ? new TlsAgent({ ...settings, ...tlsFiles(this.#to) }) : new Agent(settings);
    const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
    const own = { 'content-type': type, ...(isCompressed ? { 'content-encoding': 'gzip' } : {}) };
    const options = { method: 'POST', agent: this.#agent, headers: { ...headers, ...own } };
    return (isTls ? tlsRequest : plainRequest)(url, options);
  }
}

function read(answer: IncomingMessage, over: (delivery: Delivery) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= ANSWER_BYTES_MAX) pieces.push(piece);
  });
  answer.once('error', (error) => over({ kind: 'later', reason: reasonOf(error), afterMs: null }));
  answer.once('end', () => over(judged(answer, Buffer.concat(pieces))));
}

function judged({ statusCode: status = 0, headers }: IncomingMessage, body: Buffer): Delivery {
  if (status >= 200 && status < 300) return { kind: 'taken', body };
  const reason = `status ${status}`;
  if (!STATUSES_LATER.has(status)) return { kind: 'refused', reason };
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return { kind: 'later', reason, afterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null };
}
