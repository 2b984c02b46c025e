import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Answer } from './api.ts';
import { type Connection, Live, LOOK_MS, LOOK_MS_MAX, pauseMs } from './live.ts';

class Bench {
  readonly clock = new FakeClock();
  readonly values: number[] = [];
  readonly connections: Connection[] = [];
  visible = true;
  looks = 0;
  answer: Answer<number> = { kind: 'ok', value: 1 };
  load = (): Promise<Answer<number>> => Promise.resolve(this.answer);
  readonly live = new Live<number>({
    load: () => {
      this.looks++;
      return this.load();
    },
    isVisible: () => this.visible,
    after: (ms, act) => {
      const timer = this.clock.after(ms, act);
      return () => timer.cancel();
    },
    onValue: (value) => this.values.push(value),
    onConnection: (connection) => this.connections.push(connection),
  });

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('Live: looks each second', async () => {
  const bench = new Bench();
  await bench.live.look();
  for (let i = 0; i < 3; i++) await bench.advance(LOOK_MS);
  assert.deepEqual([bench.looks, bench.values], [4, [1, 1, 1, 1]]);
  assert.deepEqual(bench.connections.at(-1), { kind: 'live' });
});

test('Live: does not look while the page is hidden, and at once when it is seen again', async () => {
  const bench = new Bench();
  await bench.live.look();
  bench.visible = false;
  for (let i = 0; i < 5; i++) await bench.advance(LOOK_MS);
  assert.equal(bench.looks, 1);
  bench.visible = true;
  await bench.live.look();
  assert.equal(bench.looks, 2);
});

test('Live: looks less and less often while nobody answers, and says when it will', async () => {
  const bench = new Bench();
  bench.answer = { kind: 'gone' };
  await bench.live.look();
  for (const pause of [1000, 2000, 4000]) {
    assert.deepEqual(bench.connections.at(-1), { kind: 'gone', retryMs: pause });
    const { looks } = bench;
    await bench.advance(pause - 1);
    assert.equal(bench.looks, looks);
    await bench.advance(1);
    assert.equal(bench.looks, looks + 1);
  }
  bench.answer = { kind: 'ok', value: 2 };
  await bench.live.look();
  assert.deepEqual([bench.connections.at(-1), bench.clock.pending], [{ kind: 'live' }, 1]);
});

test('Live: stands still while a key is wanted', async () => {
  const bench = new Bench();
  bench.answer = { kind: 'locked', message: 'no key' };
  await bench.live.look();
  assert.deepEqual([bench.connections.at(-1), bench.clock.pending], [{ kind: 'locked', message: 'no key' }, 0]);
});

test('Live: an answer that was overtaken by a later look is passed over', async () => {
  const bench = new Bench();
  const late = Promise.withResolvers<Answer<number>>();
  bench.load = () => late.promise;
  const first = bench.live.look();
  bench.load = () => Promise.resolve({ kind: 'ok', value: 2 });
  await bench.live.look();
  late.resolve({ kind: 'ok', value: 1 });
  await first;
  assert.deepEqual([bench.values, bench.clock.pending], [[2], 1]);
});

test('pauseMs: doubles up to its longest', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 6, 100].map((failures) => pauseMs(failures, LOOK_MS)),
    [1000, 1000, 2000, 4000, LOOK_MS_MAX, LOOK_MS_MAX],
  );
});
