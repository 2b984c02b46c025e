import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import {
  ANSWER_BYTES_MAX,
  NotRun,
  REQUEST_MS_MAX,
  REQUESTS_MAX,
  RUN_MS_MAX,
  Session,
  type SessionParts,
  WAIT_MS_MAX,
} from './session.ts';

type Answering = (count: number, init: RequestInit) => Response | Promise<Response>;

/** A session whose requests are answered here; a wait moves the clock. */
function sessionOf(answer: Answering, parts: Partial<SessionParts> = {}) {
  const clock = new FakeClock();
  const sent: RequestInit[] = [];
  const waits: number[] = [];
  const session = new Session({
    origin: 'http://127.0.0.1:1',
    key: 'secret-key',
    clock,
    fetch: async (_, init = {}) => answer(sent.push(init), init),
    sleep: async (ms) => {
      waits.push(ms);
      clock.advance(ms);
    },
    ...parts,
  });
  return { session, clock, sent, waits };
}

const notRun = (pattern: RegExp) => (error: unknown) => error instanceof NotRun && pattern.test(error.message);

test('Session.send: equal requests go out once', async () => {
  const { session, sent } = sessionOf(() => Response.json({ ok: true }));
  const [one, other] = await Promise.all([
    session.send({ path: '/a', body: {} }),
    session.send({ path: '/a', body: {} }),
  ]);
  assert.equal(one, other);
  assert.deepEqual([sent.length, session.requests, session.answered], [1, 1, 1]);
});

test('Session.send: the key goes as asked, never along a redirect, and comes back in nothing', async () => {
  const { session, sent } = sessionOf(
    () => new Response('you sent secret-key', { headers: { 'x-echo': 'secret-key' } }),
  );
  const came = await session.send({ path: '/a' });
  assert.equal(came.text, 'you sent (key)');
  assert.equal(came.header('x-echo'), '(key)');
  await session.send({ path: '/a', credential: 'bearer' });
  await session.send({ path: '/a', credential: 'wrong' });
  await session.send({ path: '/a', credential: 'none' });
  const credentials = sent.map(({ headers }) => {
    const given = new Headers(headers);
    return [given.get('api-key'), given.get('authorization')];
  });
  assert.deepEqual(credentials, [
    ['secret-key', null],
    [null, 'Bearer secret-key'],
    ['not-a-key-of-this-resource', null],
    [null, null],
  ]);
  assert.ok(sent.every(({ redirect }) => redirect === 'manual'));
});

test('Session.send: no more requests than the most of one run', async () => {
  const { session } = sessionOf(() => Response.json({}));
  for (let i = 0; i < REQUESTS_MAX; i++) await session.send({ path: `/${i}` });
  await assert.rejects(session.send({ path: '/more' }), notRun(/60 requests were sent/));
});

test('Session.send: an answer that does not end is given up', async () => {
  const { session, clock } = sessionOf(
    (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
  );
  const answer = session.send({ path: '/a' });
  const rejected = assert.rejects(answer, notRun(/no whole answer within 30 s/));
  await turn();
  clock.advance(REQUEST_MS_MAX);
  await rejected;
});

test('Session.send: nothing is sent once the run has taken its time', async () => {
  const { session, clock, sent } = sessionOf(() => Response.json({}));
  clock.advance(RUN_MS_MAX);
  await assert.rejects(session.send({ path: '/a' }), notRun(/the run's 180 s are over/));
  assert.equal(sent.length, 0);
});

test('Session.send: an answer that is too large is not read on', async () => {
  const { session } = sessionOf(() => new Response(new Uint8Array(ANSWER_BYTES_MAX + 1)));
  await assert.rejects(session.send({ path: '/a' }), notRun(/larger than 1048576 bytes/));
});

test('Session.send: a broken connection is told by its cause, without the key', async () => {
  const { session } = sessionOf(() => {
    throw new TypeError('fetch failed', { cause: new Error('reset by secret-key') });
  });
  await assert.rejects(session.send({ path: '/a' }), notRun(/^reset by \(key\)$/));
});

const limited = (headers: Record<string, string>): Response => new Response('slow down', { status: 429, headers });

test('Session.send: after a 429 it waits what the headers say, and sends once more', async () => {
  const { session, waits } = sessionOf((count) =>
    count === 1 ? limited({ 'retry-after': '8', 'retry-after-ms': '7500' }) : Response.json({ ok: true }),
  );
  assert.deepEqual((await session.send({ path: '/a' })).json, { ok: true });
  assert.deepEqual(waits, [7500]);
});

test('Session.send: a 429 again, without a wait, or with one that is too long is not tried further', async () => {
  const cases: ReadonlyArray<readonly [Record<string, string>, RegExp, number]> = [
    [{ 'retry-after': '1' }, /429 again/, 2],
    [{}, /no header says how long/, 1],
    [{ 'retry-after-ms': String(WAIT_MS_MAX + 1) }, /retried in 61 s, longer than this run waits/, 1],
  ];
  for (const [headers, message, requests] of cases) {
    const { session } = sessionOf(() => limited(headers));
    await assert.rejects(session.send({ path: '/a' }), notRun(message));
    assert.equal(session.requests, requests);
  }
});
