import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayNote } from './gateway-note.ts';

test('gatewayNote: a decision is taken up to its limit; a longer one is none of ours', () => {
  const decision = (chars: number) =>
    JSON.stringify({ waitedMs: 7, more: '' }).replace('""', `"${'a'.repeat(chars - 24)}"`);
  const table = [
    [8_192, 7],
    [8_193, null],
  ] as const;
  for (const [chars, waitedMs] of table) {
    const text = decision(chars);
    assert.equal(text.length, chars);
    const note = gatewayNote(new Headers({ 'x-spillway-decision': text }));
    assert.deepEqual([note.waitedMs, note.decision === text], [waitedMs, waitedMs !== null]);
  }
});

test('gatewayNote: what is no number of tries is not taken for one', () => {
  for (const [given, want] of [
    ['3', 3],
    ['999999', 999_999],
    ['1000000', null],
    ['-1', null],
    ['two', null],
  ] as const) {
    assert.equal(gatewayNote(new Headers({ 'x-spillway-attempts': given })).attempts, want, given);
  }
});
