import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from './read-record.ts';

const NOT_RECORDS: ReadonlyArray<readonly [name: string, value: unknown, problem: RegExp]> = [
  ['a list', [], /^: \[\] is not an object$/],
  ['a text', 'x', /^: "x" is not an object$/],
  ['an empty object', {}, /^version: nothing is not one of 1$/],
  ['one of a later version', { version: 2 }, /^version: 2 is not 1; read it with the spillway that wrote it$/],
  ['one without an id', { version: 1 }, /^requestId: nothing is not a text$/],
  ['one with a long wrong id', { version: 1, requestId: ['x'.repeat(99)] }, /^requestId: \["x{58}… is not a text$/],
];

for (const [name, value, problem] of NOT_RECORDS) {
  test(`readRecord: ${name} is none, and is told why`, () => {
    const read = readRecord(value);
    assert.equal(read.kind, 'unreadable');
    assert.match(read.kind === 'unreadable' ? read.problem : '', problem);
  });
}
