import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { HELLO, STREAM, until } from '../testing.ts';
import { type Forwarded, withFile, withRig } from './testing.ts';

test('Upstreams: a client that leaves ends the call, and nothing is kept', () =>
  withFile((file) => {
    const held: Forwarded[] = [];
    let gone = 0;
    const upstream = (forwarded: Forwarded): void => {
      held.push(forwarded);
      forwarded.response.on('close', () => gone++);
    };
    return withRig({ file, upstream }, async ({ chat, statuses, recording, networkClock }) => {
      let leave = (): void => {};
      const answer = chat(STREAM, { onRequest: (sent) => (leave = () => sent.destroy()) });
      await until('it was sent', () => held.length === 1);
      leave();
      await answer;
      await until('the upstream is told', () => gone === 1);
      assert.deepEqual([statuses, recording.size, networkClock.pending], [[499], 0, 0]);
    });
  }));

test('Upstreams: of two clients of one call, the one that leaves does not end it', () =>
  withFile((file) => {
    const held: Forwarded[] = [];
    return withRig({ file, upstream: (forwarded) => held.push(forwarded) }, async ({ chat, statuses, recording }) => {
      let leave = (): void => {};
      const first = chat(STREAM, { onRequest: (sent) => (leave = () => sent.destroy()) });
      await until('it was sent', () => held.length === 1);
      let joined = false;
      const second = chat(STREAM, { onData: () => (joined = true) });
      held[0]?.response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      await until('the second has joined', () => joined);
      leave();
      await first;
      await until('the first is over', () => statuses.length === 1);
      held[0]?.response.end();
      assert.deepEqual([(await second).whole, statuses, recording.size], [true, [499, 200], 1]);
    });
  }));

test('Upstreams: what is one too many is answered with 503', () =>
  withRig(
    { mode: 'passThrough', limits: { callsMax: 1 }, upstream: () => {} },
    async ({ chat, forwarded, networkClock }) => {
      const first = chat(HELLO);
      await until('the first was sent', () => forwarded.length === 1);
      const second = await chat(HELLO);
      assert.equal(second.status, 503);
      assert.match(second.text, /was not passed on: 1 requests are on their way/);
      forwarded[0]?.response.end('now');
      assert.equal((await first).text, 'now');
      assert.equal(networkClock.pending, 0);
      const third = chat(HELLO);
      await until('there is room again', () => forwarded.length === 2);
      forwarded[1]?.response.end();
      await third;
    },
  ));

test('Upstreams: a head that does not come in time is a 504', () =>
  withRig({ mode: 'passThrough', upstream: () => {} }, async ({ chat, forwarded, networkClock, statuses }) => {
    const answer = chat(HELLO);
    await until('it was sent', () => forwarded.length === 1);
    networkClock.advance(600_000);
    const late = await answer;
    assert.deepEqual([late.status, statuses], [504, [504]]);
    assert.match(late.text, /did not answer in time: no answer in 600000 ms/);
  }));

test('Upstreams: an answer that stands still is broken off, but not while pieces come', () => {
  const held: Forwarded[] = [];
  const upstream = (forwarded: Forwarded): void => {
    held.push(forwarded);
    forwarded.response.write('1');
  };
  return withRig({ mode: 'passThrough', upstream }, async ({ chat, networkClock }) => {
    let text = '';
    const answer = chat(STREAM, { onData: (so) => (text = so) });
    await until('the first piece is there', () => text === '1');
    networkClock.advance(119_999);
    held[0]?.response.write('2');
    await until('the second piece is there', () => text === '12');
    networkClock.advance(119_999);
    assert.equal(networkClock.pending, 1);
    networkClock.advance(1);
    const broken = await answer;
    assert.deepEqual([broken.status, broken.text, broken.whole], [200, '12', false]);
  });
});

test('Upstreams: a connection that does not come about in time is a 504', async () => {
  const sockets: Socket[] = [];
  // It takes the connection and never greets, so that TLS never stands.
  const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const upstreamUrl = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  try {
    await withRig({ mode: 'passThrough', upstreamUrl }, async ({ chat, networkClock }) => {
      const answer = chat(HELLO);
      await until('it was connected', () => sockets.length === 1);
      networkClock.advance(10_000);
      const late = await answer;
      assert.equal(late.status, 504);
      assert.match(late.text, /no connection in 10000 ms/);
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test('Upstreams: a slow reader lets the upstream wait; what passes is not held in memory', () => {
  const piece = Buffer.alloc(256 * 1024, 'x');
  const pieces = 80;
  let sent = 0;
  const upstream = ({ response }: Forwarded): void => {
    const more = (): void => {
      while (sent < pieces) {
        sent++;
        if (!response.write(piece)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  };
  return withRig({ mode: 'passThrough', upstream }, async ({ chat, forwarded }) => {
    let resume = (): void => {};
    const answer = chat(STREAM, {
      onRequest: (request) =>
        request.prependOnceListener('response', (response) => {
          response.pause();
          resume = () => response.resume();
        }),
    });
    await until('it was sent', () => forwarded.length === 1);
    let before = -1;
    for (let still = 0; still < 2000; still = before === sent ? still + 1 : 0) {
      before = sent;
      await until('a turn has passed', () => true);
    }
    assert.ok(sent < pieces, 'the upstream waits');
    resume();
    const { whole, text } = await answer;
    assert.deepEqual([whole, text.length], [true, pieces * piece.length]);
  });
});

test('Upstreams: a recording that is closed ends what is on its way', () =>
  withRig({ mode: 'passThrough', upstream: () => {} }, async ({ chat, forwarded, recording }) => {
    const answer = chat(HELLO);
    await until('it was sent', () => forwarded.length === 1);
    await recording.close();
    assert.equal((await answer).status, 502);
  }));
