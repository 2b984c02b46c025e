import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { DocumentRow } from '../store/store.ts';
import type { Answered } from './asker.ts';
import { Evaluations, PAGE_PARALLEL, PAGE_QUESTIONS_MAX, PAGE_RUN_MS_MAX } from './evaluations.ts';
import { memoryShelf, type Shelf } from './shelf.ts';
import { answeredWith, DEPOSIT } from './testing.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const ROW: DocumentRow = {
  id: 'd1',
  path: 'deposits.md',
  title: 'Deposits',
  category: null,
  language: 'en',
  hash: 'h',
  mediaType: 'text/markdown',
  bytes: 1,
  pages: null,
  chunks: 1,
  owner: null,
  access: { users: [], groups: [] },
  indexedMs: 0,
};

interface Given {
  readonly count?: number;
  readonly indexed?: readonly string[];
  readonly floors?: string;
  readonly shelf?: Shelf;
}

/** Questions that are answered when told to. */
function bench(t: TestContext, { count = 3, indexed = ['deposits.md'], floors, shelf = memoryShelf() }: Given = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-evaluations-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const one = (at: number) =>
    `  - { id: q${at}, question: When?, gold: [{ file: deposits.md, passage: "${DEPOSIT}" }] }`;
  const text = `plain:\n${Array.from({ length: count }, (_, at) => one(at)).join('\n')}\n`;
  const held: Array<(answered: Answered) => void> = [];
  const ask = () => new Promise<Answered>((resolve) => held.push(resolve));
  const clock = new FakeClock(1_000);
  const logged: string[] = [];
  const evaluations = new Evaluations({
    shelf,
    settings: {
      folder: null,
      questions: write('questions.yaml', text),
      floors: floors === undefined ? null : write('floors.yaml', floors),
    },
    subjectOf: (mode) =>
      mode === 'answers' ? { mode, asker: { ask } } : { mode, retriever: { retrieve: async () => [] } },
    documents: { byPath: async (path) => (indexed.includes(path) ? ROW : null) },
    model: 'chat',
    clock,
    log: (_, message, facts) => logged.push(`${message} ${JSON.stringify(facts)}`),
  });
  const answerAll = async () => {
    while (evaluations.running !== null) {
      for (const resolve of held.splice(0)) resolve(answeredWith());
      await turn();
    }
  };
  return { evaluations, held, clock, logged, write, answerAll };
}

test('Evaluations: a run asks a few questions at a time, tells how far it is, and is kept with its floors', async (t) => {
  const { evaluations, held, answerAll } = bench(t, { floors: 'search: {}\nanswers: { numbers: 0.5 }\n' });
  const started = await evaluations.start('answers', 'ann');
  assert.equal(started.kind, 'started');
  assert.equal(held.length, PAGE_PARALLEL);
  held.shift()?.(answeredWith());
  await turn();
  const { id: _, ...running } = evaluations.running ?? assert.fail();
  assert.deepEqual(running, { mode: 'answers', startedMs: 1_000, startedBy: 'ann', done: 1, total: 3 });
  await answerAll();
  const { kind, run } = evaluations.ended ?? assert.fail();
  const [summary] = (await evaluations.shelf.list()).runs;
  assert.deepEqual([kind, run], ['kept', summary?.id]);
  assert.deepEqual([summary?.questions, summary?.model, summary?.asked], [3, 'chat', 'this app']);
  assert.deepEqual(summary?.misses, [{ metric: 'numbers', floor: 0.5, mean: null }]);
});

test('Evaluations: one at a time', async (t) => {
  const { evaluations, answerAll } = bench(t);
  const both = await Promise.all([evaluations.start('answers', null), evaluations.start('answers', null)]);
  assert.deepEqual(both.map(({ kind }) => kind).sort(), ['refused', 'started']);
  const third = await evaluations.start('search', null);
  assert.equal(third.kind === 'refused' ? third.code : null, 'evaluating');
  await answerAll();
  assert.equal((await evaluations.start('search', null)).kind, 'started');
  await evaluations.idle();
  assert.deepEqual(
    (await evaluations.shelf.list()).runs.map(({ mode, model }) => [mode, model]),
    [
      ['answers', 'chat'],
      ['search', null],
    ],
  );
});

test('Evaluations: a run that is stopped leaves nothing, and the next one may begin', async (t) => {
  const { evaluations, logged } = bench(t);
  const started = await evaluations.start('answers', null);
  const id = started.kind === 'started' ? started.running.id : assert.fail();
  assert.equal(evaluations.stop('another'), false);
  assert.equal(evaluations.stop(id), true);
  await evaluations.idle();
  assert.deepEqual(evaluations.ended, { id, kind: 'stopped', run: null, reason: null });
  assert.deepEqual(
    [await evaluations.shelf.list(), evaluations.stop(id), logged],
    [{ runs: [], unread: 0 }, false, []],
  );
  assert.equal((await evaluations.start('answers', null)).kind, 'started');
  await evaluations.close();
  assert.equal(evaluations.running, null);
});

test('Evaluations: a run without an end is given up after its time, and says so', async (t) => {
  const { evaluations, clock, answerAll } = bench(t, { count: PAGE_QUESTIONS_MAX });
  await evaluations.start('answers', null);
  clock.advance(PAGE_RUN_MS_MAX - 1);
  await turn();
  assert.notEqual(evaluations.running, null);
  clock.advance(1);
  await answerAll();
  assert.equal(evaluations.ended?.kind, 'failed');
  assert.equal(evaluations.ended?.reason, 'no end after 4 hours; ask fewer questions');
  assert.equal(clock.pending, 0, 'no timer stays');
});

test('Evaluations: a result that cannot be kept is told, and logged', async (t) => {
  const shelf = { ...memoryShelf(), keep: () => Promise.reject(new Error('EROFS: read-only')) };
  const { evaluations, logged, answerAll } = bench(t, { shelf });
  await evaluations.start('answers', null);
  await answerAll();
  assert.deepEqual([evaluations.ended?.kind, evaluations.ended?.reason], ['failed', 'EROFS: read-only']);
  assert.deepEqual(logged, ['An evaluation came to no result. {"reason":"EROFS: read-only"}']);
});

test('Evaluations: more questions than a page may ask are refused with the way out', async (t) => {
  const { evaluations } = bench(t, { count: PAGE_QUESTIONS_MAX + 1 });
  const refused = await evaluations.start('answers', null);
  assert.match(refused.kind === 'refused' ? refused.message : '', /^501 questions are above 500; split the file/);
  assert.equal(evaluations.askable().count, null);
});

test('Evaluations: questions about documents that are not indexed are refused', async (t) => {
  const { evaluations } = bench(t, { indexed: ['other.md'] });
  const refused = await evaluations.start('answers', null);
  assert.match(
    refused.kind === 'refused' ? refused.message : '',
    /is indexed \("deposits\.md" for one\); index them, or/,
  );
});

test('Evaluations: tells how many questions there are, and what is wrong with a file as soon as it changed', (t) => {
  const { evaluations, write } = bench(t);
  assert.deepEqual(evaluations.askable(), { count: 3, problem: null, isSample: false });
  write('questions.yaml', 'plain: 1\n');
  assert.match(evaluations.askable().problem ?? '', /questions\.yaml: plain: /);
});
