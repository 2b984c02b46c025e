import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from './read-record.ts';

const NOT_RECORDS: ReadonlyArray<readonly [name: string, value: unknown, problem: RegExp]> = [
  ['a list', [], /^: \[\] is not an object$/],
  ['a text', 'x', /^: "x" is not an object$/],
  ['an empty object', {}, /^version: nothing is not one of 1$/],
  ['one of a later version', { version: 2 }, /^version: 2 is not 1; read it with the spillway that wrote it$/],
  ['one without an id', { version: 1 }, /^requestId: nothing is not a text$/],
  [
    'one that would steer the terminal',
    { version: 1, requestId: '\u001b[2J' },
    /^requestId: "\\u001b\[2J" is not a text without control characters$/,
  ],
  [
    'one with a line of its own',
    { version: 1, requestId: 'a\nReplayed: same' },
    /is not a text without control characters$/,
  ],
  ['one that turns its line around', { version: 1, requestId: 'a\u202eb' }, /^requestId: "a\?b" is not a text without/],
  [
    'one of too many levels',
    JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    /^it has more than 16 levels of/,
  ],
  [
    'one with too many levels in a field of nobody',
    { version: 1, more: JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`) },
    /^it has more than 16 levels of/,
  ],
  ['one with a long wrong id', { version: 1, requestId: ['x'.repeat(99)] }, /^requestId: \["x{58}… is not a text$/],
];

for (const [name, value, problem] of NOT_RECORDS) {
  test(`readRecord: ${name} is none, and is told why`, () => {
    const read = readRecord(value);
    assert.equal(read.kind, 'unreadable');
    assert.match(read.kind === 'unreadable' ? read.problem : '', problem);
  });
}
