import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Ending } from './command.ts';
import { sampleTree } from './sample-tree.ts';
import type { TestEnding } from './test-ending.ts';
import { fold, testFileJob } from './test-file.ts';

const passed: TestEnding = {
  kind: 'test',
  name: 'a: b',
  line: 7,
  file: '/f',
  passed: true,
  skip: null,
  todo: null,
  error: '',
  byChild: false,
};
const failed: TestEnding = { ...passed, passed: false, error: 'Error: x' };
const exit0: Ending = { kind: 'exit', code: 0 };
const exit1: Ending = { kind: 'exit', code: 1 };

type Case = readonly [name: string, endings: readonly TestEnding[], ending: Ending, counts: string, words: RegExp];

const COMPLETE: readonly Case[] = [
  ['tests that passed', [passed, passed], exit0, '2 0 0', /^$/],
  ['a failure, with its place and error', [passed, failed], exit1, '1 1 0', /^f:7: a: b\nError: x\n/],
  ['a test whose subtest failed', [failed, { ...failed, byChild: true }], exit1, '0 2 0', /Error: x/],
  ['suites that passed', [passed, { ...passed, kind: 'suite' }], exit0, '1 0 0', /^$/],
  ['suites failed by a test within', [failed, { ...failed, kind: 'suite', byChild: true }], exit1, '0 1 0', /Error: x/],
  ['a suite whose hook failed', [passed, { ...failed, kind: 'suite' }], exit1, '1 1 0', /Error: x/],
  ['a skip', [passed, { ...passed, skip: 'no nginx' }], exit0, '1 0 1', /^$/],
  ['a failing to-do', [passed, { ...failed, todo: 'later' }], exit0, '1 0 1', /^$/],
  ['a bad exit code though all passed', [passed], exit1, '1 1 0', /f: exit code 1, though each test passed/],
  ['a file without tests', [], exit0, '0 1 0', /f: holds no test/],
  ['a file that hangs', [passed], { kind: 'late', limitMs: 5000 }, '1 1 0', /f: still running after 5 s/],
  ['a crash by signal', [passed], { kind: 'signal', signal: 'SIGSEGV' }, '1 1 0', /f: ended by SIGSEGV/],
];

const INCOMPLETE: readonly Case[] = [
  ['an exit before the end', [passed], exit0, '1 1 0', /f: the process ended before its tests were done/],
  ['an error while loading', [], exit1, '0 1 0', /f: the process ended before its tests were done \(exit code 1\)/],
  ['a file that tests nothing', [], exit0, '0 1 0', /f: holds no test/],
];

for (const [complete, cases] of [[true, COMPLETE] as const, [false, INCOMPLETE] as const]) {
  for (const [name, endings, ending, counts, words] of cases) {
    test(`fold: counts ${name}`, () => {
      const { tally, failures } = fold('f', { complete, endings, notes: [] }, { ending, output: '' });
      assert.equal(`${tally.passed} ${tally.failed} ${tally.skipped}`, counts);
      assert.match(failures.join('\n'), words);
    });
  }
}

test('fold: lists each skip with its reason, and says so where none was given', () => {
  const endings = [
    { ...passed, skip: 'no nginx' },
    { ...passed, skip: '' },
    { ...failed, todo: 'later' },
  ];
  const { skips } = fold('f', { complete: true, endings, notes: [] }, { ending: exit0, output: '' });
  assert.deepEqual(skips, ['f:7: a: b: no nginx', 'f:7: a: b: no reason given', 'f:7: a: b: to do: later']);
});

test('fold: shows what a failing file said, and the command that shows more', () => {
  const outcome = { ending: exit1, output: 'listening on 1\n' };
  const { failures } = fold('f', { complete: true, endings: [failed], notes: ['seed 7'] }, outcome);
  assert.match(failures.join('\n'), /its output:\nseed 7\nlistening on 1\nmore: npx node --test f$/);
});

test('fold: is quiet about what a passing file said', () => {
  const { failures } = fold(
    'f',
    { complete: true, endings: [passed], notes: ['seed 7'] },
    { ending: exit0, output: 'chatter' },
  );
  assert.deepEqual(failures, []);
});

const IMPORTS = "import { describe, test, before } from 'node:test'; import assert from 'node:assert/strict';";
const tree = sampleTree({
  'mixed.test.ts': `${IMPORTS}
    describe('suite', () => {
      test('passes', () => {});
      test('is skipped', { skip: 'no nginx' }, () => {});
    });
    test('has subtests', async (t) => {
      await t.test('inner passes', () => {});
    });
    test('fails', () => assert.equal(1 as number, 2));
    test('skips itself', (t) => t.skip('found out late'));`,
  'hook.test.ts': `${IMPORTS}
    describe('suite', () => {
      before(() => { throw new Error('no port'); });
      test('never runs', () => {});
    });`,
  'late-error.test.ts': `${IMPORTS}
    test('ends before its error', () => { setImmediate(() => { throw new Error('too late'); }); });`,
  'throws.test.ts': "throw new Error('while loading');",
  'exits.test.ts': `${IMPORTS} test('a', () => {}); test('exits', () => process.exit(0));`,
  'nothing.test.ts': `${IMPORTS} console.log('just talk');`,
});
after(tree.remove);

const REAL: ReadonlyArray<readonly [path: string, counts: RegExp, words: RegExp]> = [
  ['mixed.test.ts', /^3 1 2$/, /^mixed\.test\.ts:9: fails\n.*1 !== 2/s],
  ['hook.test.ts', /^0 2 0$/, /hook\.test\.ts:2: suite\nError: no port/],
  ['late-error.test.ts', /^[01] 1 0$/, /too late/],
  ['throws.test.ts', /^0 1 0$/, /while loading/],
  ['exits.test.ts', /^[01] 1 0$/, /exits\.test\.ts: (the process ended before its tests were done|holds no test)/],
  ['nothing.test.ts', /^0 1 0$/, /holds no test.*just talk/s],
];

for (const [path, counts, words] of REAL) {
  test(`testFileJob: counts ${path} as Node ran it`, async () => {
    const { tally, failures } = await testFileJob({ path, root: tree.root, limitMs: 60_000 }).run();
    assert.match(`${tally.passed} ${tally.failed} ${tally.skipped}`, counts);
    assert.match(failures.join('\n'), words);
    assert.doesNotMatch(failures.join('\n').split('its output:')[0] ?? '', /node:internal/);
  });
}
