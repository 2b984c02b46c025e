import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from './command.ts';
import { environment, judge, type Step, stepJob } from './step.ts';

const step: Step = {
  name: 'lint',
  command: ['linter', '--all', '.'],
  complaint: /^Found \d+ infos?\.$/m,
  remedy: 'npm run fix repairs it',
};

const CASES: ReadonlyArray<readonly [name: string, outcome: Outcome, passed: boolean]> = [
  ['exit code 0', { ending: { kind: 'exit', code: 0 }, output: 'Checked 9 files.' }, true],
  ['exit code 1', { ending: { kind: 'exit', code: 1 }, output: '' }, false],
  ['exit code 0 with a complaint', { ending: { kind: 'exit', code: 0 }, output: 'x\nFound 1 info.\n' }, false],
  ['a signal', { ending: { kind: 'signal', signal: 'SIGSEGV' }, output: '' }, false],
  ['the time limit', { ending: { kind: 'late', limitMs: 1000 }, output: '' }, false],
  ['a program that is not there', { ending: { kind: 'notStarted', reason: 'ENOENT' }, output: '' }, false],
];

for (const [name, outcome, passed] of CASES) {
  test(`judge: ${name} is ${passed ? 'well' : 'a failure'}`, () => {
    const { tally, failures } = judge(step, outcome);
    assert.deepEqual(tally, { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });
    assert.equal(failures.length, tally.failed);
  });
}

test('judge: a failure shows what was seen, how it ended, the command that shows more, and the remedy', () => {
  const { failures } = judge(step, { ending: { kind: 'exit', code: 2 }, output: 'a.ts:1 wrong\n\n' });
  const want = 'lint (exit code 2)\na.ts:1 wrong\nmore: npx linter --all .\nnpm run fix repairs it';
  assert.deepEqual(failures, [want]);
});

test('stepJob: runs the program with the tools of the tree first in PATH', async () => {
  const script = 'process.exitCode = process.env.PATH.startsWith(process.argv[1]) ? 0 : 1';
  const { PATH } = environment('/nowhere');
  assert.match(PATH ?? '', /^\/nowhere\/node_modules\/\.bin:./);
  const job = stepJob({ name: 'path', command: ['node', '--eval', script, process.cwd()] }, process.cwd());
  assert.deepEqual((await job.run()).tally, { passed: 1, failed: 0, skipped: 0 });
});
