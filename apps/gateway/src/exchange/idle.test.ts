import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { idle } from './idle.ts';

function stage(inFlight: number) {
  const clock = new FakeClock();
  const context = { clock, inFlight, onExchangeEnd: () => {} };
  const over: string[] = [];
  const wait = (name: string, msMax: number) => void idle(context, msMax).then(() => over.push(name));
  const end = () => {
    context.inFlight--;
    context.onExchangeEnd();
  };
  const isOver = async () => {
    await setImmediate();
    return over;
  };
  return { clock, wait, end, isOver };
}

test('idle: is over at once where nothing is under way', async () => {
  const { wait, isOver } = stage(0);
  wait('a', 1_000);
  assert.deepEqual(await isOver(), ['a']);
});

test('idle: is over with the last exchange, for each that waits', async () => {
  const { wait, end, isOver } = stage(2);
  wait('a', 1_000);
  wait('b', 500);
  end();
  assert.deepEqual(await isOver(), []);
  end();
  assert.deepEqual(await isOver(), ['a', 'b']);
});

test('idle: waits no longer than it may for an exchange that does not end', async () => {
  const { clock, wait, isOver } = stage(1);
  wait('a', 1_000);
  clock.advance(999);
  assert.deepEqual(await isOver(), []);
  clock.advance(1);
  assert.deepEqual(await isOver(), ['a']);
});
