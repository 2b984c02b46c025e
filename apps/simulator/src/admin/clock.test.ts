import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, HELLO, until, withSimulator } from '../testing.ts';

const SLOW = { latency: { firstTokenMs: 1000, perTokenMs: 0 } };

async function clock(bench: Bench, path = '', body?: unknown) {
  const answer = await bench.admin(path === '' ? 'GET' : 'POST', `/admin/clock${path}`, body);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

test('admin clock: while it is paused nothing falls due, a step lets it', () =>
  withSimulator(async (bench) => {
    const { nowMs } = await clock(bench, '/pause');
    let answered = false;
    const answer = bench.chat(HELLO).finally(() => (answered = true));
    await until('the request is there', () => bench.simulator.state().resources[0]?.deployments[0]?.active === 1);
    bench.clock.advance(60_000);
    assert.deepEqual([await clock(bench), answered], [{ nowMs, paused: true, speed: 1 }, false]);
    assert.equal((await clock(bench, '/step', { ms: 2000 })).nowMs, nowMs + 2000);
    assert.equal((await answer).status, 200);
    assert.equal((await clock(bench, '/resume')).paused, false);
    bench.clock.advance(500);
    assert.equal((await clock(bench)).nowMs, nowMs + 2500);
  }, SLOW));

test('admin clock: with a speed of 60 a minute is over in a second, for quota and all', () =>
  withSimulator(async (bench) => {
    assert.equal((await clock(bench, '/speed', { factor: 60 })).speed, 60);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 14_950, n: 2 })).status, 200);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 14_950, n: 2 })).status, 429);
    bench.clock.advance(1000);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 14_950, n: 2 })).status, 200);
  }));

const REFUSED: ReadonlyArray<readonly [path: string, body: unknown, message: RegExp]> = [
  ['/step', undefined, /ms: is missing; give a number from 0 to 2678400000/],
  ['/step', { ms: -1 }, /ms: -1 is not from 0/],
  ['/step', { ms: 1e10 }, /ms: 10000000000 is not from 0/],
  ['/speed', { factor: 0 }, /factor: 0 is not above 0 and at most 1000/],
  ['/speed', { factor: 1001 }, /factor: 1001 is not above 0/],
  ['/speed', { speed: 2 }, /speed: is unknown; known are factor; factor: is missing/],
];

for (const [path, body, message] of REFUSED) {
  test(`admin clock: ${path} with ${JSON.stringify(body) ?? 'nothing'} is refused`, () =>
    withSimulator(async ({ admin }) => {
      const refused = await admin('POST', `/admin/clock${path}`, body);
      assert.equal(refused.status, 400);
      assert.match(JSON.parse(refused.text).error.message, message);
    }));
}
