import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AtEndOfTurn, Turns } from './end-of-turn.ts';

class Bench {
  readonly said: string[] = [];
  readonly scheduled: (() => void)[] = [];
  readonly turns = new Turns((end) => this.scheduled.push(end));

  one(name: string, act: () => void = () => {}): AtEndOfTurn {
    return {
      onEndOfTurn: () => {
        this.said.push(name);
        act();
      },
    };
  }

  endTurn(): void {
    this.scheduled.shift()?.();
  }
}

test('end of turn: everything goes out in the order of asking, at one end of the turn', () => {
  const bench = new Bench();
  for (const name of ['a', 'b', 'c']) bench.turns.atEnd(bench.one(name));
  assert.equal(bench.scheduled.length, 1);
  assert.deepEqual(bench.said, []);
  bench.endTurn();
  assert.deepEqual(bench.said, ['a', 'b', 'c']);
  assert.equal(bench.scheduled.length, 0);
});

test('end of turn: what is asked for while a turn ends is for the next one', () => {
  const bench = new Bench();
  bench.turns.atEnd(bench.one('a', () => bench.turns.atEnd(bench.one('later'))));
  bench.turns.atEnd(bench.one('b'));
  bench.endTurn();
  assert.deepEqual(bench.said, ['a', 'b']);
  bench.endTurn();
  assert.deepEqual(bench.said, ['a', 'b', 'later']);
});

test('end of turn: one that throws keeps nobody else from writing', () => {
  const bench = new Bench();
  const fail = () => {
    throw new Error('this one fails');
  };
  for (const one of [bench.one('a'), bench.one('b', fail), bench.one('c')]) bench.turns.atEnd(one);
  assert.throws(() => bench.endTurn(), /this one fails/);
  bench.endTurn();
  assert.deepEqual(bench.said, ['a', 'b', 'c']);
});
