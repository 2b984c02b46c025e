import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CORPUS_DOCUMENTS, type IngestQueue } from '@spillway/chat';
import { indexDocuments } from './chat-app.ts';

type Job = Awaited<ReturnType<IngestQueue['ended']>>;

const PROGRESS = { files: 2, filesDone: 2, indexed: 1, skipped: 0, failed: 1, ignored: 0, chunks: 9, embedded: 9 };
const JOB: NonNullable<Job> = {
  id: 'j',
  state: 'done',
  progress: PROGRESS,
  failures: [{ path: 'scan.pdf', code: 'noText', reason: 'no text' }],
  last: null,
  reason: null,
  owner: null,
  createdMs: 0,
  endedMs: 1,
  retryAtMs: null,
};

test('indexDocuments: takes the documents that come along, and tells what came of them', async () => {
  const done = { documents: 1, passages: 9, skipped: ['scan.pdf: no text'], failure: null };
  const rows: ReadonlyArray<readonly [string, Job, Partial<typeof done> | { readonly failure: string }]> = [
    ['done', JOB, {}],
    ['failed as a whole', { ...JOB, state: 'failed', reason: 'no such folder' }, { failure: 'no such folder' }],
    ['stopped', { ...JOB, state: 'stopped' }, { failure: 'it was stopped' }],
  ];
  for (const [name, job, want] of rows) {
    const roots: string[] = [];
    const queue: Pick<IngestQueue, 'add' | 'ended'> = {
      add: (ask) => {
        if (ask.kind === 'folder') roots.push(ask.folder.root);
        return { kind: 'taken', id: 'j' };
      },
      ended: async () => job,
    };
    assert.deepEqual(await indexDocuments(queue), { ...done, ...want }, name);
    assert.deepEqual(roots, [CORPUS_DOCUMENTS]);
  }
});

test('indexDocuments: a queue that is full says so', async () => {
  const queue: Pick<IngestQueue, 'add' | 'ended'> = {
    add: () => ({ kind: 'refused', reason: 'full' }),
    ended: async () => null,
  };
  assert.deepEqual(await indexDocuments(queue), { documents: 0, passages: 0, skipped: [], failure: 'full' });
});
