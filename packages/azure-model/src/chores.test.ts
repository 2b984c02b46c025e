import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHORES_MAX, CHORES_RUN_MAX, Chores } from './chores.ts';

function noted(): { readonly chores: Chores; readonly done: string[]; at(dueMs: number, name: string): void } {
  const chores = new Chores();
  const done: string[] = [];
  return { chores, done, at: (dueMs, name) => chores.at(dueMs, (nowMs) => done.push(`${name}@${nowMs}`)) };
}

test('Chores: are done in the order of their times, each as of its own, and those not due are not', () => {
  const { chores, done, at } = noted();
  at(30, 'c');
  at(10, 'a');
  at(10, 'b');
  at(40, 'd');
  assert.equal(chores.dueMs, 10);
  chores.run(35);
  assert.deepEqual(done, ['a@10', 'b@10', 'c@30']);
  assert.equal(chores.dueMs, 40);
  chores.run(35);
  assert.equal(done.length, 3);
});

test('Chores: what a chore asks for is done in the same run where it is due', () => {
  const { chores, done, at } = noted();
  chores.at(10, (nowMs) => at(nowMs + 5, 'next'));
  chores.run(20);
  assert.deepEqual(done, ['next@15']);
});

test('Chores: a cancelled one is not done, and cancelling again says nothing', () => {
  const { chores, done, at } = noted();
  const chore = chores.at(10, () => done.push('cancelled'));
  at(10, 'a');
  chore.cancel();
  chore.cancel();
  chores.run(10);
  assert.deepEqual(done, ['a@10']);
  assert.equal(chores.dueMs, null);
});

test('Chores: no more than the limit are taken', () => {
  const chores = new Chores();
  for (let i = 0; i < CHORES_MAX; i++) chores.at(i, () => {});
  assert.equal(chores.full, true);
  assert.throws(() => chores.at(0, () => {}), /10000 are under way/);
  chores.run(0);
  assert.equal(chores.full, false);
});

test('Chores: one that orders itself for the same moment does not hold the run for ever', () => {
  const chores = new Chores();
  let runs = 0;
  const again = (): void => {
    runs++;
    chores.at(10, again);
  };
  chores.at(10, again);
  chores.run(10);
  assert.equal(runs, CHORES_RUN_MAX);
  assert.equal(chores.dueMs, 10);
});
