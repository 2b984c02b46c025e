import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TurnRow } from '../store/store.ts';
import { threadOf } from './thread.ts';

function turn(id: string, replaces: string | null = null): TurnRow {
  return {
    id,
    conversation: 'c',
    replaces,
    question: `${id}?`,
    answer: `${id}.`,
    details: '[]',
    feedback: null,
    createdMs: 0,
  };
}

test('threadOf: a turn that takes the place of another one hides it and all behind it', () => {
  const rows: ReadonlyArray<readonly [string, readonly TurnRow[], string | null, readonly string[]]> = [
    ['as asked', [turn('a'), turn('b')], null, ['a?', 'b?']],
    ['edited', [turn('a'), turn('b'), turn('c', 'a')], null, ['c?']],
    ['edited twice', [turn('a'), turn('b', 'a'), turn('c', 'b'), turn('d')], null, ['c?', 'd?']],
    ['about to be edited', [turn('a'), turn('b'), turn('c')], 'b', ['a?']],
    ['of a turn that is gone', [turn('a'), turn('b', 'x')], 'y', ['a?', 'b?']],
  ];
  for (const [name, turns, replaced, want] of rows) {
    assert.deepEqual(
      threadOf(turns, replaced).map(({ question }) => question),
      want,
      name,
    );
  }
});
