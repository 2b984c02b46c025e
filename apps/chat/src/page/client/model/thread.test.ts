import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thread } from './thread.ts';

const CASES = [
  ['turns follow each other', ['a', 'b'], [['a'], ['b']]],
  ['one that was asked again has versions', ['a', 'b', 'c>b'], [['a'], ['b', 'c']]],
  ['what followed an edited one is gone', ['a', 'b', 'c>a'], [['a', 'c']]],
  ['a version may be replaced by any of its names', ['a', 'b>a', 'c>a'], [['a', 'b', 'c']]],
  ['one that replaces nothing known is a turn of its own', ['a', 'b>x'], [['a'], ['b']]],
  ['of nothing comes nothing', [], []],
] as const;

for (const [name, given, want] of CASES) {
  test(`thread: ${name}`, () => {
    const turns = given.map((text) => {
      const [id = '', replaces = null] = text.split('>');
      return { id, replaces };
    });
    assert.deepEqual(
      thread(turns).map(({ versions }) => versions.map(({ id }) => id)),
      want,
    );
  });
}
