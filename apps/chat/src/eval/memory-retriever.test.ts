import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Asked } from './asker.ts';
import { CORPUS_DOCUMENTS } from './corpus.ts';
import { evaluate } from './evaluate.ts';
import { indexInMemory, queryOf } from './memory-retriever.ts';

const SIGNAL = new AbortController().signal;
const asked = (question: string, groups: Asked['groups'] = null): Asked => ({ question, history: [], groups });

test('indexInMemory: the search of the corpus holds its floors', async () => {
  const { retriever, documents, refused } = await indexInMemory(CORPUS_DOCUMENTS);
  assert.equal(documents, 27);
  assert.deepEqual(
    refused.map((one) => one.split(':')[0]),
    ['scanned-inventory.pdf'],
  );
  const options = { clock: new FakeClock(0), parallel: 1, asked: 'memory', questions: null, before: null, out: null };
  const { misses } = await evaluate({ ...options, subject: { mode: 'search', retriever }, floors: 'corpus' });
  assert.deepEqual(misses, []);
});

test('indexInMemory: shows nobody what is for others, by frontmatter and by access.yaml', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-eval-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'open.md'), 'The pelican is open.');
  writeFileSync(join(folder, 'in', 'host.md'), '---\naccess: [host]\n---\n\nThe pelican is for hosts.');
  writeFileSync(join(folder, 'staff.txt'), 'The pelican is for staff.');
  writeFileSync(join(folder, 'access.yaml'), '- files: "*.txt"\n  access: [staff]\n');
  const { retriever, refused } = await indexInMemory(folder);
  assert.deepEqual(refused, []);
  const seen = async (groups: Asked['groups']) =>
    (await retriever.retrieve(asked('pelican', groups), 5, SIGNAL)).map(({ path }) => path).sort();
  assert.deepEqual(await seen(null), ['in/host.md', 'open.md', 'staff.txt']);
  assert.deepEqual(await seen(['guest']), ['open.md']);
  assert.deepEqual(await seen(['host']), ['in/host.md', 'open.md']);
  assert.deepEqual(await seen(['staff']), ['open.md', 'staff.txt']);
  writeFileSync(join(folder, 'access.yaml'), 'staff: everything');
  await assert.rejects(indexInMemory(folder), /access\.yaml/);
});

test('indexInMemory: fifty candidates are looked at, then those are left out that the asker may not see', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-eval-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'open.md'), `The pelican is open. ${'Other words stand here. '.repeat(10)}`);
  const closed = (from: number, count: number) => {
    for (let i = from; i < count; i++) {
      writeFileSync(join(folder, `${i}.md`), '---\naccess: [host]\n---\n\nThe pelican, pelican, pelican.');
    }
  };
  const seen = async () => {
    const { retriever } = await indexInMemory(folder);
    return (await retriever.retrieve(asked('pelican', ['guest']), 5, SIGNAL)).map(({ path }) => path);
  };
  closed(0, 49);
  assert.deepEqual(await seen(), ['open.md']);
  closed(49, 50);
  assert.deepEqual(await seen(), []);
});

test('queryOf: a follow-up is searched for with the question before it', () => {
  assert.equal(queryOf(asked('And a cat?')), 'And a cat?');
  const history = [
    { question: 'First?', answer: '' },
    { question: 'A dog?', answer: '9 euros' },
  ];
  assert.equal(queryOf({ ...asked('And a cat?'), history }), 'A dog? And a cat?');
});
