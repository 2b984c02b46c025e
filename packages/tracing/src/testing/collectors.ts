/** Collectors on this machine that answer as a test says. */
import assert from 'node:assert/strict';
import { createServer as createHttp, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';
import type { TestContext } from 'node:test';
import { type Destination, type Variables, wantedOf } from '../destination.ts';

export async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** @returns its port. */
export function httpCollector(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createHttp(answer);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

export type GrpcAnswer = (stream: ServerHttp2Stream, message: Buffer, headers: IncomingHttpHeaders) => void;

export async function grpcCollector(t: TestContext, answer: GrpcAnswer) {
  const server = createHttp2();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const pieces: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => answer(stream, Buffer.concat(pieces), headers));
  });
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { port: await portOf(server), sessions };
}

/** A whole answer, as gRPC has it: head, message, trailers. */
export function answerWith(stream: ServerHttp2Stream, status: string, message = Buffer.alloc(5)): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
  stream.end(message);
}

/** A collector on this machine, and how the variables of a test say to reach it. */
export function destination(port: number, env: Variables): Destination {
  const wanted = wantedOf({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, ...env });
  return wanted.kind === 'traces' ? wanted.to : assert.fail(JSON.stringify(wanted));
}
