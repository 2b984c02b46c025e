import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { documentContract } from '../contract.ts';
import { documentNamed } from '../samples.ts';
import { StoreError } from '../store.ts';
import { openAzureSearch } from './azure-search.ts';
import { startService, type TestService } from './testing/service.ts';
import { ORIGINAL_BYTES_MAX } from './writing.ts';

let service: TestService;
let opened = 0;
before(async () => {
  service = await startService();
});
after(() => service.end());

const SAMPLES = { content: 'content', sourcePage: 'sourcepage', embedding: null, opensUnlisted: false };

function open(key = service.key) {
  opened += 1;
  return openAzureSearch({
    endpoint: service.endpoint,
    index: `index-${opened}`,
    credential: { key },
    samples: SAMPLES,
  });
}

documentContract({ name: 'openAzureSearch', skips: {}, open: () => open() });

test('openAzureSearch: a key that is refused is a StoreError that does not tell it', async () => {
  await assert.rejects(open('wrong-key-7531'), (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(error.message, /^azure-search: opening failed \(.*\); is the endpoint right/);
    assert.doesNotMatch(error.message, /wrong-key-7531/);
    return true;
  });
});

test('openAzureSearch: the chunks of a document come before its row, the old ones go last', async () => {
  const store = await open();
  await store.put(documentNamed('a.md', ['old apricot']), 'model-a');
  service.requests.length = 0;
  await store.put(documentNamed('a.md', ['new apricot']), 'model-a');
  const writes = service.requests.filter((request) => request.endsWith('search.index'));
  assert.equal(writes.length, 3, 'chunks, row, deletion');
});

test('openAzureSearch: a file that does not fit into a row is refused with the way out', async () => {
  const store = await open();
  const original = new Uint8Array(ORIGINAL_BYTES_MAX + 1);
  await assert.rejects(
    store.put(documentNamed('a.md', ['x'], { original }), 'model-a'),
    /a\.md: 8388609 bytes .* use the PostgreSQL store/,
  );
});

test('openAzureSearch: an index of another program is refused and left alone; one of ours is opened again', async () => {
  const theirs = { name: 'theirs', fields: [{ name: 'id', type: 'Edm.String', key: true }] };
  const headers = { 'api-key': service.key, 'content-type': 'application/json' };
  await fetch(`${service.endpoint}/indexes`, { method: 'POST', headers, body: JSON.stringify(theirs) });
  const settings = { endpoint: service.endpoint, credential: { key: service.key }, samples: SAMPLES };
  await assert.rejects(
    openAzureSearch({ ...settings, index: 'theirs' }),
    /^StoreError: azure-search: the index theirs was made by another program and has no field sourcefile, content, sourcepage; name an index/,
  );
  const first = await openAzureSearch({ ...settings, index: 'ours' });
  await first.put(documentNamed('a.md', ['x']), 'model-a');
  const again = await openAzureSearch({ ...settings, index: 'ours' });
  assert.equal((await again.facts()).documents, 1);
});

test('openAzureSearch: an index that an earlier version made gets the field it lacks, and keeps its documents', async () => {
  const settings = { endpoint: service.endpoint, index: 'earlier', credential: { key: service.key }, samples: SAMPLES };
  await (await openAzureSearch(settings)).put(documentNamed('a.md', ['x']), 'model-a');
  const headers = { 'api-key': service.key, 'content-type': 'application/json' };
  const url = `${service.endpoint}/indexes('earlier')`;
  const made = await (await fetch(url, { headers })).json();
  const fields = made.fields.filter(({ name }: { name: string }) => name !== 'folder');
  await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ ...made, fields }) });
  const again = await openAzureSearch(settings);
  const id = (await again.byPath('a.md'))?.id ?? assert.fail('it is there');
  await again.claim('folder', [id]);
  assert.equal((await again.inFolder('folder', { after: null, limit: 1 }))[0]?.path, 'a.md');
  assert.equal((await again.facts()).dimensions, 8);
});

test('openAzureSearch: a request that is refused for now is sent three times more, and then given up', async () => {
  const store = await open();
  service.requests.length = 0;
  service.busyTimes = 3;
  assert.equal(await store.byPath('a.md'), null);
  assert.equal(service.requests.length, 4, 'the last one is answered');
  service.requests.length = 0;
  service.busyTimes = 9;
  await assert.rejects(store.byPath('a.md'), /^StoreError: azure-search: byPath failed/);
  assert.deepEqual([service.requests.length, service.busyTimes], [4, 5]);
  service.busyTimes = 0;
});
