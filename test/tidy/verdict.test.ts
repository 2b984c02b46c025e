import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFindings, assertTidy, staleExceptions, verdict } from './verdict.ts';

test('assertTidy: passes where enough was seen and nothing found', () => assertTidy(verdict(10, []), 10));

test('assertTidy: fails where too little was seen, though nothing was found', () => {
  assert.throws(() => assertTidy(verdict(9, []), 10), /looked at 9 things, expected 10 or more/);
});

test('assertTidy: fails with every finding', () => {
  assert.throws(() => assertTidy(verdict(10, ['a.ts:1: x', 'b.ts:2: y']), 10), /\na\.ts:1: x\nb\.ts:2: y\n/);
});

test('assertFindings: wants one finding for each pattern, in order', () => {
  assertFindings(verdict(0, ['ab', 'cd']), [/b/, /c/]);
  assert.throws(() => assertFindings(verdict(0, ['ab']), []));
  assert.throws(() => assertFindings(verdict(0, []), [/b/]));
  assert.throws(() => assertFindings(verdict(0, ['ab', 'cd']), [/c/, /a/]));
});

test('staleExceptions: names the exceptions that nothing used', () => {
  const stale = staleExceptions('TABLE', { a: 'reason', b: 'reason' }, new Set(['b', 'c']));
  assert.deepEqual(stale, ['TABLE: a needs no exception any more; take it out of the table']);
});
