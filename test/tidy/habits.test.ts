import { test } from 'node:test';
import { habits } from './habits.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('habits: those of the tests in this tree are good', () => assertTidy(habits(THIS_TREE), 60));

const PATH = 'packages/policy/src/pick.test.ts';
const PICK = { 'packages/policy/src/pick.ts': '' };

const CASES: ReadonlyArray<readonly [text: string, want: RegExp | null]> = [
  ["test('a', () => {}); test('b', { skip: nginx.skip }, () => {}); t.skip('why'); // test.only(", null],
  ["const words = 'setTimeout( .only'; clock.after(5, f); only({ only: true }); list.only();", null],
  ["test('x', () => run({ only: true, skip: true }));", null],
  ["test.only('a', () => {});", /pick\.test\.ts:1: only leaves all other tests out/],
  ["\ndescribe.only('a', () => {});", /pick\.test\.ts:2: only/],
  ["test('a', { only: true }, () => {});", /only leaves/],
  ["test.skip('a', () => {});", /skipped without a reason/],
  ["test('a', { 'skip': true }, () => {});", /skipped without a reason/],
  ["test('a', (t) => t.skip());", /skipped without a reason/],
  ["it.todo('a');", /skipped without a reason/],
  ["import { setTimeout as sleep } from 'node:timers/promises';", /node:timers\/promises in a test; hold a FakeClock/],
  ['await new Promise((done) => setTimeout(done, 50));', /:1: setTimeout in a test/],
  ["import { setImmediate as turn } from 'node:timers/promises';", null],
  ["import { setImmediate, setTimeout } from 'node:timers/promises';", /timers\/promises in a test/],
  ["import * as timers from 'node:timers/promises';", /timers\/promises in a test/],
  ['globalThis.setTimeout(f, 1);', /setTimeout in a test/],
  ['setInterval(f, 1);', /setInterval in a test/],
  ['Atomics.wait(a, 0, 0, 5);', /Atomics\.wait in a test/],
  ["const { setTimeout: s } = await import('timers/promises');", /timers\/promises in a test/],
];

for (const [text, want] of CASES) {
  test(`habits: ${want === null ? 'allows' : 'reports'} ${text.trim()}`, () => {
    assertFindings(habits(treeOf({ ...PICK, [PATH]: text }), {}, {}), want === null ? [] : [want]);
  });
}

test('habits: helpers of tests do not sleep either', () => {
  const helpers = ['test/clients/kit.ts', 'apps/gateway/src/testing/kit.ts', 'packages/policy/src/testing.ts'];
  const tree = treeOf(Object.fromEntries(helpers.map((path) => [path, 'setTimeout(f, 1);'])));
  assertFindings(habits(tree, {}, {}), [/gateway/, /policy/, /clients/]);
});

const PLACES: ReadonlyArray<readonly [path: string, want: RegExp | null]> = [
  ['packages/policy/src/pick.retry.test.ts', null],
  ['test/e2e/anything.test.ts', null],
  ['packages/policy/src/pike.test.ts', /there is no packages\/policy\/src\/pike\.ts beside it/],
  ['packages/policy/test/pick.test.ts', /there is no packages\/policy\/test\/pick\.ts/],
  ['test/tidy/pick.test.ts', /there is no test\/tidy\/pick\.ts/],
];

for (const [path, want] of PLACES) {
  test(`habits: ${want === null ? 'allows' : 'reports'} a test at ${path}`, () => {
    assertFindings(habits(treeOf({ ...PICK, [path]: '' }), {}, {}), want === null ? [] : [want]);
  });
}

test('habits: an exception with a reason is allowed, one without need is reported', () => {
  const tree = treeOf({ ...PICK, [PATH]: 'setTimeout(f, 1);', 'apps/x/src/lone.test.ts': '' });
  const lone = { 'apps/x/src/lone.test.ts': 'a reason' };
  assertFindings(habits(tree, { [PATH]: 'an SDK waits' }, lone), []);
  assertFindings(habits(tree, { [PATH]: 'an SDK waits', gone: 'stale' }, lone), [/SLEEPERS: gone needs no exception/]);
});
