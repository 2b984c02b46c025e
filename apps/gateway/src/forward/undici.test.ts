import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { UndiciUpstream } from './undici.ts';
import type { Receiver, UpstreamRequest } from './upstream.ts';

/** Writes down what it hears; `over` is fulfilled with the last of it. */
class Heard implements Receiver {
  readonly words: string[] = [];
  #end: (word: string) => void = () => {};
  readonly over = new Promise<string>((resolve) => {
    this.#end = resolve;
  });

  onConnected(): void {
    this.words.push('connected');
  }
  onHead(status: number): void {
    this.words.push(`head ${status}`);
  }
  onData(chunk: Buffer): void {
    this.words.push(`data ${chunk}`);
  }
  onEnd(): void {
    this.#end('end');
  }
  onFailure({ kind }: { kind: string }): void {
    this.#end(`failure ${kind}`);
  }
}

async function withBackend(use: (request: UpstreamRequest, seen: string[]) => Promise<void>): Promise<void> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await use({ origin, method: 'GET', path: '/x', headers: [], body: null }, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('undici upstream: an answer is told in order', async () => {
  await withBackend(async (request, seen) => {
    const upstream = new UndiciUpstream();
    const heard = new Heard();
    upstream.send(request, heard);
    assert.deepEqual(heard.words, [], 'nothing is told before send has returned');
    assert.equal(await heard.over, 'end');
    assert.deepEqual(heard.words, ['connected', 'head 200', 'data hello']);
    assert.deepEqual(seen, ['/x']);
    await upstream.close();
  });
});

test('undici upstream: what is cancelled in the turn that sent it never goes out', async () => {
  await withBackend(async (request, seen) => {
    const upstream = new UndiciUpstream();
    const cancelled = new Heard();
    const heard = new Heard();
    upstream.send(request, cancelled).cancel();
    upstream.send({ ...request, path: '/y' }, heard);
    await heard.over;
    assert.deepEqual(seen, ['/y']);
    assert.deepEqual(cancelled.words, []);
    await upstream.close();
  });
});
