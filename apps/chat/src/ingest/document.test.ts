import assert from 'node:assert/strict';
import test from 'node:test';
import { StoreError } from '../store/store.ts';
import { type DocumentTold, type IngestParts, ingestDocument } from './document.ts';
import type { FileOutcome } from './progress.ts';
import type { Source } from './source.ts';
import { HandEmbedder, partsOf, source } from './testing/parts.ts';

const QUIET: DocumentTold = { cut: () => {}, embedded: () => {}, waiting: () => {} };
const TEXT = '---\ntitle: T\ncategory: rules\naccess: [staff]\n---\n# T\n\nHello there.';

function ingest(given: Source, parts: Omit<IngestParts, 'signal'>, stop = new AbortController()): Promise<FileOutcome> {
  return ingestDocument(given, { ...parts, signal: stop.signal }, QUIET);
}

test('ingestDocument: puts file, text, chunks and vectors, as the document says of itself', async () => {
  const parts = partsOf({ embedder: new HandEmbedder() });
  const outcome = await ingest(source('a.md', TEXT), parts);
  assert.deepEqual(outcome, { kind: 'indexed', path: 'a.md', id: 'id of a.md', chunks: 1, notes: [] });
  const document = parts.store.documents.get('a.md');
  assert.ok(document !== undefined);
  const { title, category, access, mediaType, bytes, text, chunks, original } = document;
  assert.deepEqual(
    [title, category, access, mediaType],
    ['T', 'rules', { users: [], groups: ['staff'] }, 'text/markdown'],
  );
  assert.deepEqual([bytes, Buffer.from(original).toString()], [TEXT.length, TEXT]);
  assert.match(text, /Hello there\./);
  assert.equal(chunks[0]?.vector?.length, 2);
});

test('ingestDocument: what it is given holds against what the document says', async () => {
  const parts = partsOf();
  await ingest(source('a.md', TEXT, { category: 'mine', access: { users: ['ada'], groups: [] }, owner: 'ada' }), parts);
  const document = parts.store.documents.get('a.md');
  assert.deepEqual(
    [document?.category, document?.access, document?.owner],
    ['mine', { users: ['ada'], groups: [] }, 'ada'],
  );
});

const CHANGES: ReadonlyArray<readonly [name: string, text: string, change: Partial<Source>, outcome: string]> = [
  ['the same file', TEXT, {}, 'unchanged'],
  ['another content', `${TEXT} More.`, {}, 'indexed'],
  ['another category', TEXT, { category: 'x' }, 'indexed'],
  ['others who may see it', TEXT, { access: { users: ['ada'], groups: [] } }, 'indexed'],
  ['another path', TEXT, { path: 'b.md' }, 'indexed'],
];

for (const [name, text, change, outcome] of CHANGES) {
  test(`ingestDocument: ${name} is ${outcome}`, async () => {
    const parts = partsOf();
    await ingest(source('a.md', TEXT), parts);
    assert.equal((await ingest(source('a.md', text, change), parts)).kind, outcome);
    assert.equal(parts.store.puts, outcome === 'unchanged' ? 1 : 2);
  });
}

test('ingestDocument: another model of embedding is a change, and an unchanged file is not embedded again', async () => {
  const parts = partsOf();
  const embedder = new HandEmbedder();
  await ingest(source('a.md', TEXT), parts);
  assert.equal((await ingest(source('a.md', TEXT), { ...parts, embedder })).kind, 'indexed');
  assert.equal((await ingest(source('a.md', TEXT), { ...parts, embedder })).kind, 'unchanged');
  assert.equal(embedder.asked.length, 1);
});

test('ingestDocument: a document that fails at any step leaves what was there before', async () => {
  const embedder = new HandEmbedder();
  const parts = partsOf({ embedder });
  await ingest(source('a.md', TEXT), parts);
  const before = parts.store.documents.get('a.md');
  embedder.answers = Array.from({ length: 9 }, () => ({ kind: 'throttled', retryAfterMs: 999_999_999 }));
  const failures = [
    source('a.md', `${TEXT} New.`),
    source('a.md', 'a\0b'),
    source('a.md', '', { load: async () => ({ kind: 'refused', message: 'gone' }) }),
  ];
  for (const given of failures) assert.equal((await ingest(given, parts)).kind, 'failed');
  assert.equal(parts.store.documents.get('a.md'), before);
});

test('ingestDocument: of errors only those made for people are told', async () => {
  const failing = (error: Error) => ({
    ...partsOf(),
    store: { byPath: async () => null, put: () => Promise.reject(error) },
  });
  const told = async (error: Error) => {
    const outcome = await ingest(source('a.md', TEXT), failing(error));
    return outcome.kind === 'failed' ? outcome.reason : outcome.kind;
  };
  assert.equal(await told(new StoreError('another model; index anew')), 'another model; index anew');
  assert.equal(await told(new Error('password=hunter2')), 'failed inside the index; nothing was changed');
});

test('ingestDocument: a stop before the end puts nothing', async () => {
  const parts = partsOf();
  const stop = new AbortController();
  stop.abort();
  assert.deepEqual(await ingest(source('a.md', TEXT), parts, stop), {
    kind: 'failed',
    path: 'a.md',
    code: 'stopped',
    reason: 'stopped',
  });
  assert.equal(parts.store.puts, 0);
});
