import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type EvaluateOptions, EvaluationError, evaluate } from './evaluate.ts';
import { RESULT_BYTES_MAX, resultSchema } from './result.ts';
import { answeredWith, DEPOSIT, resultWith } from './testing.ts';

const QUESTIONS = `plain:\n  - { id: a, question: When?, gold: [{ file: deposits.md, passage: "${DEPOSIT}" }] }\n`;

function workbench(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-eval-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return answeredWith();
  };
  const options: EvaluateOptions = {
    subject: { mode: 'answers', asker: { ask } },
    asked: 'test',
    clock: new FakeClock(0),
    parallel: 1,
    questions: file('questions.yaml', QUESTIONS),
    floors: null,
    before: null,
    out: null,
  };
  return { folder, file, options, askedTimes: () => asked };
}

test('evaluate: writes result and report, and compares a later run with the result', async (t) => {
  const { folder, options } = workbench(t);
  const out = join(folder, 'new', 'run');
  const { result, difference, misses } = await evaluate({ ...options, out });
  assert.deepEqual([difference, misses], [null, []]);
  assert.deepEqual(resultSchema.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))), result);
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /^<!doctype html>/);
  const later = await evaluate({ ...options, before: join(out, 'result.json') });
  assert.deepEqual([later.difference?.broken, later.difference?.added], [[], []]);
});

test('evaluate: floors from a file', async (t) => {
  const { file, options } = workbench(t);
  const floors = file('floors.yaml', 'search: {}\nanswers: { hit5: 1, numbers: 0.5 }\n');
  const { misses } = await evaluate({ ...options, floors });
  assert.deepEqual(misses, [{ metric: 'numbers', floor: 0.5, mean: null }]);
});

const SLIPS: ReadonlyArray<
  readonly [name: string, slip: 'questions' | 'floors' | 'before', text: string | null, want: RegExp]
> = [
  ['questions that are not there', 'questions', null, /ENOENT.*check the path/],
  ['questions with a mistake', 'questions', 'plain: 1', /plain/],
  ['floors with a mistake', 'floors', 'search: {}', /answers/],
  ['an earlier result that is not there', 'before', null, /ENOENT/],
  ['an earlier result that is none', 'before', '{}', /is no result of this version/],
  [
    'an earlier result of the search alone',
    'before',
    JSON.stringify({ ...resultWith(), mode: 'search' }),
    /is a result of search, this run is of answers/,
  ],
  ['an earlier result that is not JSON', 'before', '{', /JSON/],
];
for (const [name, slip, text, want] of SLIPS) {
  test(`evaluate: ${name}: told before anything is asked`, async (t) => {
    const { file, folder, options, askedTimes } = workbench(t);
    const path = text === null ? join(folder, 'absent') : file('slip', text);
    await assert.rejects(evaluate({ ...options, [slip]: path }), (error) => {
      assert.ok(error instanceof EvaluationError);
      assert.match(error.message, want);
      assert.ok(error.message.startsWith(path));
      return true;
    });
    assert.equal(askedTimes(), 0);
  });
}

test('evaluate: a folder that cannot be made is told before anything is asked', async (t) => {
  const { file, options, askedTimes } = workbench(t);
  const out = join(file('plain-file', ''), 'below');
  await assert.rejects(evaluate({ ...options, out }), EvaluationError);
  assert.equal(askedTimes(), 0);
});

test('evaluate: an earlier result may be as large as the limit and not larger', async (t) => {
  const { file, options } = workbench(t);
  const before = file('large.json', '');
  truncateSync(before, RESULT_BYTES_MAX + 1);
  await assert.rejects(evaluate({ ...options, before }), /above 16777216 bytes/);
  truncateSync(before, RESULT_BYTES_MAX);
  await assert.rejects(evaluate({ ...options, before }), /JSON/);
});
