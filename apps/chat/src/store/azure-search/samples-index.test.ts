/** Indexes as the Azure samples fill them, read by the official client: definitions and rows are in their shape. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { SamplesSettings } from '../../settings/samples-settings.ts';
import { ADMIN, everything, reader, vectorOf } from '../samples.ts';
import { type DocumentStore, StoreError } from '../store.ts';
import { openAzureSearch } from './azure-search.ts';
import { startService, type TestService } from './testing/service.ts';

let service: TestService;
before(async () => {
  service = await startService();
});
after(() => service.end());

const DEFAULTS: SamplesSettings = {
  content: 'content',
  sourcePage: 'sourcepage',
  embedding: null,
  opensUnlisted: false,
};
type Given = Readonly<Record<string, unknown>>;

const text = (name: string) => ({ name, type: 'Edm.String', filterable: true, facetable: true });
const KEY = { name: 'id', type: 'Edm.String', key: true };
const vectors = (name: string) => ({ name, type: 'Collection(Edm.Single)', dimensions: 8 });
const list = (name: string) => ({ name, type: 'Collection(Edm.String)', filterable: true });
const JAVASCRIPT: readonly Given[] = [
  KEY,
  text('content'),
  vectors('embedding'),
  ...['category', 'sourcepage', 'sourcefile'].map(text),
];
const PYTHON: readonly Given[] = [
  KEY,
  text('content'),
  vectors('embedding3'),
  ...['category', 'sourcepage', 'sourcefile'].map(text),
  text('storageUrl'),
  list('oids'),
  list('groups'),
];

async function post(path: string, body: unknown): Promise<void> {
  const headers = { 'api-key': service.key, 'content-type': 'application/json' };
  const answer = await fetch(service.endpoint + path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.text());
}

async function filled(index: string, fields: readonly Given[], rows: readonly Given[]): Promise<void> {
  await post('/indexes', { name: index, fields });
  const value = rows.map((row) => ({ '@search.action': 'upload', ...row }));
  await post(`/indexes('${index}')/docs/search.index`, { value });
}

function opened(index: string, samples = DEFAULTS): Promise<DocumentStore> {
  return openAzureSearch({ endpoint: service.endpoint, index, credential: { key: service.key }, samples });
}

/** A row as the Python sample writes it. */
function python(file: string, number: number, content: string, change: Given = {}): Given {
  const id = `file-${file.replace(/\W/g, '_')}-${Buffer.from(file).toString('hex')}-page-${number}`;
  const own = {
    id,
    content,
    category: null,
    sourcepage: `${file}#page=${Math.ceil((number + 1) / 2)}`,
    sourcefile: file,
  };
  return { ...own, embedding3: [...vectorOf(content)], ...change };
}

const CONTENT = [10, 2, 1, 0].map((n) =>
  python('handbook.pdf', n, `passage number ${n}`, { oids: ['all'], groups: [] }),
);

async function found(store: DocumentStore, query: string, who = ADMIN): Promise<readonly string[]> {
  return (await store.searchText(query, everything({ reader: who }))).map(({ chunk }) => chunk.text);
}

test('SamplesDocuments: rows of the Python sample are found by words and by vectors, each with its page and its place in the text', async () => {
  await filled('python', PYTHON, CONTENT);
  const store = await opened('python');
  const [first] = await store.searchVector(vectorOf('passage number 10'), everything());
  const { document, chunk } = first ?? assert.fail();
  assert.deepEqual([document.path, document.chunks, document.pages], ['handbook.pdf', 4, 6]);
  assert.deepEqual([chunk.text, chunk.index, chunk.pageFrom], ['passage number 10', 3, 6]);
  const whole = (await store.text(document.id, ADMIN)) ?? '';
  assert.equal(whole.slice(chunk.start, chunk.end), chunk.text);
  assert.match(whole, /number 0\n\n.* 1\n\n.* 2\n\n.* 10$/);
  assert.deepEqual(
    (await store.searchText('number 2', everything({ top: 1 }))).map((each) => [each.chunk.text, each.chunk.start]),
    [['passage number 2', 36]],
  );
  assert.deepEqual(
    (await store.chunks(document.id, ADMIN)).map(({ index }) => index),
    [0, 1, 2, 3],
  );
  assert.deepEqual(await store.facts(), { embeddingModel: null, dimensions: 8, chunks: 4, documents: 1 });
  assert.equal(await store.original(document.id, ADMIN), null);
});

test('SamplesDocuments: an index of the JavaScript sample, with fields named by the settings, is read too', async () => {
  const named = JAVASCRIPT.map((field) => ({
    ...field,
    name: String(field.name)
      .replace(/^content$/, 'body')
      .replace('sourcepage', 'page'),
  }));
  const row = {
    id: 'file-a_md-612e6d64-page-1-section-0',
    body: 'apricot jam',
    page: 'a.md',
    sourcefile: 'a.md',
    category: 'food',
    embedding: [...vectorOf('apricot jam')],
  };
  await filled('javascript', named, [row]);
  await assert.rejects(
    opened('javascript'),
    /has no field content, sourcepage; .*KB_FIELDS_CONTENT, KB_FIELDS_SOURCEPAGE/,
  );
  const store = await opened('javascript', { ...DEFAULTS, content: 'body', sourcePage: 'page', embedding: null });
  assert.deepEqual(await found(store, 'apricot'), ['apricot jam']);
  assert.equal((await store.searchVector(vectorOf('apricot jam'), everything())).length, 1);
  assert.deepEqual(await store.searchVector(vectorOf('x', 4), everything()), [], 'of another size');
  assert.equal((await store.searchText('apricot', everything({ excludeCategory: 'food' }))).length, 0);
  assert.equal((await store.searchText('apricot', everything({ includeCategory: 'food' }))).length, 1);
  assert.deepEqual(await found(store, 'apricot', reader('ann')), [], 'no lists: for admins alone');
  const open = await opened('javascript', { ...DEFAULTS, content: 'body', sourcePage: 'page', opensUnlisted: true });
  assert.deepEqual(await found(open, 'apricot', reader('ann')), ['apricot jam']);
  await assert.rejects(
    opened('javascript', { ...DEFAULTS, content: 'body', sourcePage: 'page', embedding: 'v' }),
    /no field v;/,
  );
});

const LISTED: ReadonlyArray<readonly [file: string, oids: readonly string[], groups: readonly string[]]> = [
  ['all.md', ['all'], ['all']],
  ['ann.md', ['ann'], []],
  ['staff.md', [], ['staff']],
  ['nobody.md', [], []],
];
const SEEN: ReadonlyArray<
  readonly [who: string, as: ReturnType<typeof reader>, opens: boolean, want: readonly string[]]
> = [
  ['an admin', ADMIN, false, ['all.md', 'ann.md', 'nobody.md', 'staff.md']],
  ['ann', reader('ann'), false, ['all.md', 'ann.md']],
  ['somebody of staff', reader('bob', ['staff']), false, ['all.md', 'staff.md']],
  ['nobody in particular', reader(null), false, ['all.md']],
  ["who is called like another one's name and an operator", reader("x' or true"), false, ['all.md']],
  ['ann, where rows that list nobody are open', reader('ann'), true, ['all.md', 'ann.md', 'nobody.md']],
];

test('SamplesDocuments: oids and groups of the Python sample decide who sees a row, by every way of reading', async () => {
  const rows = LISTED.map(([file, oids, groups]) => python(file, 0, `word of ${file}`, { oids, groups }));
  await filled('listed', PYTHON, rows);
  for (const [who, as, opensUnlisted, want] of SEEN) {
    const store = await opened('listed', { ...DEFAULTS, opensUnlisted });
    const listed = await store.list(as, { after: null, limit: 10 });
    assert.deepEqual(
      listed.map(({ path }) => path),
      want,
      who,
    );
    assert.deepEqual(
      (await found(store, 'word', as)).toSorted(),
      want.map((file) => `word of ${file}`),
      who,
    );
    const near = await store.searchVector(vectorOf('word'), everything({ reader: as }));
    assert.equal(near.length, want.length, who);
    for (const [file] of LISTED) {
      const id = (await store.byPath(file))?.id ?? '';
      const isSeen = want.includes(file);
      assert.equal((await store.document(id, as)) !== null, isSeen, `${who}: ${file}`);
      assert.equal((await store.text(id, as)) !== null, isSeen, `${who}: ${file}`);
      assert.equal((await store.chunks(id, as)).length, isSeen ? 1 : 0, `${who}: ${file}`);
    }
  }
});

test('SamplesDocuments: a file of which one row is closed is not read as a whole, and only its open rows are not found either', async () => {
  const rows = [
    python('a.md', 0, 'open word', { oids: ['all'], groups: [] }),
    python('a.md', 1, 'closed word', { oids: ['ann'], groups: [] }),
  ];
  await filled('mixed', PYTHON, rows);
  const store = await opened('mixed');
  const id = (await store.byPath('a.md'))?.id ?? '';
  assert.equal(await store.text(id, reader('bob')), null);
  assert.deepEqual(await found(store, 'word', reader('bob')), []);
  assert.deepEqual((await found(store, 'word', reader('ann'))).length, 2);
});

test('SamplesDocuments: is never written, and says what to do instead', async () => {
  await filled('read-only', PYTHON, CONTENT);
  const store = await opened('read-only');
  const before = service.requests.length;
  for (const change of [store.remove('00'), store.removeAll(), store.claim('folder', ['00'])]) {
    await assert.rejects(
      change,
      (error) =>
        error instanceof StoreError && /only read; name another one in AZURE_SEARCH_INDEX$/.test(error.message),
    );
  }
  assert.equal(service.requests.length, before);
  await store.close();
  await assert.rejects(store.facts(), StoreError);
});

test('SamplesDocuments: the place of a passage follows the index when its file is indexed anew', async () => {
  await filled('changing', PYTHON, CONTENT);
  const store = await opened('changing');
  const startOf = async () => (await store.searchText('10', everything()))[0]?.chunk.start;
  assert.equal(await startOf(), 54);
  const asked = service.requests.length;
  assert.equal(await startOf(), 54);
  assert.equal(service.requests.length - asked, 1, 'its file was read once');
  const changed = python('handbook.pdf', 10, 'another passage number 10', { oids: ['all'], groups: [] });
  const value = [
    { '@search.action': 'upload', ...changed },
    { '@search.action': 'delete', id: CONTENT[3]?.id },
  ];
  await post("/indexes('changing')/docs/search.index", { value });
  assert.equal(await startOf(), 36);
});

/** A file for each row, in an index that has nothing but what is needed. */
async function filesIn(index: string, files: readonly string[]): Promise<DocumentStore> {
  const rows = files.map((file, i) => ({ id: `row-${i}`, content: 'word', sourcefile: file, sourcepage: file }));
  await filled(index, [KEY, ...['content', 'sourcepage', 'sourcefile'].map(text)], rows);
  const store = await opened(index);
  service.requests.length = 0;
  return store;
}

const searches = (): number => service.requests.filter((request) => request.endsWith('search.post.search')).length;

test('SamplesDocuments: of one file 10,000 rows are read, in pages of 1,000', async () => {
  const store = await filesIn('one-file', Array<string>(10_001).fill('long.pdf'));
  assert.equal((await store.byPath('long.pdf'))?.chunks, 10_000);
  assert.equal(searches(), 10);
});

test('SamplesDocuments: of 10,001 files 10,000 are told', async () => {
  const files = Array.from({ length: 10_001 }, (_, i) => `${i}.md`);
  assert.equal((await (await filesIn('many-files', files)).facts()).documents, 10_000);
});

/** Turns of the event loop in which a request more would have come. */
const TURNS = 50;

test('SamplesDocuments: the rows of ten files at a time are asked for', async (t) => {
  const store = await filesIn(
    'files',
    Array.from({ length: 25 }, (_, i) => `${i}.md`),
  );
  let most = 0;
  const ten = Promise.withResolvers<void>();
  service.hold = async (underWay) => {
    most = Math.max(most, underWay);
    if (underWay === 10) ten.resolve();
    // The first request is for the names of the files; of the others all wait until there are ten.
    if (searches() > 1) await ten.promise;
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  };
  t.after(() => {
    service.hold = () => Promise.resolve();
  });
  assert.equal((await store.list(ADMIN, { after: null, limit: 25 })).length, 25);
  assert.equal(most, 10);
});
