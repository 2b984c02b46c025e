import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chores } from '@spillway/azure-model';
import { FakeClock } from '@spillway/clock';
import { Errands } from './errands.ts';

function rig() {
  const clock = new FakeClock(1_000);
  const chores = new Chores();
  const defects: string[] = [];
  const errands = new Errands({ chores }, clock, (text) => defects.push(text));
  const done: number[] = [];
  const order = (dueMs: number): void => {
    chores.at(dueMs, () => done.push(clock.nowMs()));
    errands.look();
  };
  return { clock, chores, defects, errands, done, order };
}

test('Errands: wakes the resource when a chore is due, also where an earlier one comes later', () => {
  const { clock, done, order } = rig();
  order(1_050);
  order(1_020);
  clock.advance(30);
  assert.deepEqual(done, [1_020]);
  clock.advance(100);
  assert.deepEqual(done, [1_020, 1_050]);
});

test('Errands: a chore that is overdue is done at the next turn of the clock', () => {
  const { clock, done, order } = rig();
  order(500);
  clock.advance(1);
  assert.equal(done.length, 1);
});

test('Errands: once stopped, nothing rings', () => {
  const { clock, done, order, errands } = rig();
  order(1_010);
  errands.stop();
  clock.advance(100);
  assert.deepEqual(done, []);
});

test('Errands: a chore that fails is told, and the next one is done', () => {
  const { clock, chores, defects, done, order } = rig();
  chores.at(1_010, () => {
    throw new RangeError('broken');
  });
  order(1_020);
  clock.advance(50);
  assert.deepEqual(defects, ['in the background: broken']);
  assert.equal(done.length, 1);
});
