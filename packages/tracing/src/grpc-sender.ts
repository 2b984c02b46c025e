/**
 * OTLP over gRPC: one unary call for each batch, on Node's own HTTP/2. It is all that the agent of Azure Container Apps takes; a library
 * for the rest of gRPC would be larger than the exporter. Sources: gRPC, "gRPC over HTTP2" (framing, `grpc-status`, `grpc-timeout`);
 * OpenTelemetry Protocol specification, "OTLP/gRPC" (which failures may be tried again).
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import type { Clock } from '@spillway/clock';
import type { Destination } from './destination.ts';
import { ANSWER_BYTES_MAX, type Delivery, reasonOf, type Sender, STATUSES_LATER, tlsFiles } from './sender.ts';

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
/** Before each message: whether it is compressed, and its length. Bytes. */
const FRAME_BYTES = 5;
/** cancelled, deadline exceeded, resource exhausted, aborted, out of range, unavailable, data loss. */
const LATER = new Set([1, 4, 8, 10, 11, 14, 15]);

export class GrpcSender implements Sender {
  readonly #to: Destination;
  readonly #clock: Clock;
  #session: ClientHttp2Session | null = null;

  constructor(to: Destination, clock: Clock) {
    this.#to = to;
    this.#clock = clock;
  }

  send(batch: Uint8Array): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    try {
      const session = this.#connected();
      const stream = session.request(this.#head());
      const late = () => stream.destroy(new Error(`no answer within ${this.#to.timeoutMs} ms`));
      const timer = this.#clock.after(this.#to.timeoutMs, late);
      listen(stream, (delivery) => {
        timer.cancel();
        // Only a call under way keeps the process alive.
        session.unref();
        // One that does not answer, or cannot be reached, may be another one by the next call.
        if (delivery.kind !== 'taken') this.close();
        resolve(delivery);
      });
      stream.end(framed(batch, this.#to.isCompressed));
    } catch (error) {
      this.close();
      resolve({ kind: 'refused', reason: reasonOf(error) });
    }
    return promise;
  }

  close(): void {
    this.#session?.destroy();
    this.#session = null;
  }

  #head(): Record<string, string> {
    const { headers, timeoutMs, isCompressed } = this.#to;
    return {
      ...headers,
      ':method': 'POST',
      ':path': PATH,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${timeoutMs}m`,
      ...(isCompressed ? { 'grpc-encoding': 'gzip' } : {}),
    };
  }

  #connected(): ClientHttp2Session {
    const kept = this.#session;
    if (kept !== null && !kept.closed && !kept.destroyed) {
      kept.ref();
      return kept;
    }
    const session = connect(this.#to.url.origin, tlsFiles(this.#to));
    // Told of each of its streams too, which is where it is heard.
    session.on('error', () => {});
    session.once('goaway', () => session.close());
    this.#session = session;
    return session;
  }
}

function framed(message: Uint8Array, isCompressed: boolean): Buffer {
  const body = isCompressed ? gzipSync(message) : message;
  const frame = Buffer.alloc(FRAME_BYTES + body.length);
  frame.writeUInt8(isCompressed ? 1 : 0, 0);
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, FRAME_BYTES);
  return frame;
}

/** A call that fails at once has its status in the head, any other one behind the body. */
function listen(stream: ClientHttp2Stream, over: (delivery: Delivery) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let http = 0;
  let status: string | null = null;
  let failure = 'no status';
  stream.on('response', (head) => {
    http = Number(head[constants.HTTP2_HEADER_STATUS]);
    status = textOf(head['grpc-status']) ?? status;
  });
  stream.on('trailers', (tail) => {
    status = textOf(tail['grpc-status']) ?? status;
  });
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= ANSWER_BYTES_MAX) pieces.push(piece);
  });
  stream.on('error', (error) => {
    failure = reasonOf(error);
  });
  stream.once('close', () => {
    if (status !== null) return over(judged(Number(status), Buffer.concat(pieces)));
    if (http === 0 || http === 200) return over({ kind: 'later', reason: failure, afterMs: null });
    // What is no gRPC answers with a status of HTTP: port 4318, or something in between.
    const reason = `status ${http}`;
    return over(STATUSES_LATER.has(http) ? { kind: 'later', reason, afterMs: null } : { kind: 'refused', reason });
  });
}

function judged(status: number, body: Buffer): Delivery {
  if (status === 0) return { kind: 'taken', body: body[0] === 0 ? body.subarray(FRAME_BYTES) : Buffer.alloc(0) };
  const reason = `grpc-status ${status}`;
  return LATER.has(status) ? { kind: 'later', reason, afterMs: null } : { kind: 'refused', reason };
}

function textOf(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
