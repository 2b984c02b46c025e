/** What begins with the app, and ends with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { FakeModels, NOTE } from './answer/testing/fake-models.ts';
import { startChat } from './main.ts';
import type { Embedded } from './models/models.ts';
import { readSettings } from './settings/settings.ts';
import { openLocal } from './store/local/local.ts';

const TEXT = 'The deposit of a flat is 200 euros. It is paid within 14 days. Keys are handed over after that.';

/** Never answers a probe: it says only when it was asked, and by what it may be stopped. */
class Slow extends FakeModels {
  override readonly embeddingModel = 'slow';
  readonly probed = Promise.withResolvers<AbortSignal>();

  override embed(_texts: readonly string[] = [], signal = new AbortController().signal): Promise<Embedded> {
    this.probed.resolve(signal);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}

test('startChat: the index is probed as it starts, questions are searched by words until that is known, and closing ends it', async (t) => {
  const read = readSettings({ AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1', SPILLWAY_CHAT_FILE: ':memory:' });
  const settings = read.kind === 'ok' ? read.settings : assert.fail();
  const stores = openLocal(':memory:');
  const file = { path: 'deposit.md', title: 'Deposit', category: null, language: null, hash: '', owner: null };
  const rest = { mediaType: 'text/markdown', bytes: TEXT.length, pages: null, access: { users: [], groups: [] } };
  const chunk = { index: 0, text: TEXT, headings: [], pageFrom: null, pageTo: null, start: 0, end: TEXT.length };
  const chunks = [{ ...chunk, vector: Float32Array.of(1, 0) }];
  const whole = { ...file, ...rest, indexedMs: 0, chunks, original: new Uint8Array(), text: TEXT };
  await stores.documents.put(whole, 'slow');
  const models = new Slow(['It is 200 euros.']);
  const chat = await startChat({ settings, version: 'test', port: 0, clock: new FakeClock(), stores, models });
  t.after(() => chat.close());
  const signal = await models.probed.promise;
  const asked = await fetch(`${chat.url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"question":"How much is the deposit?"}',
  });
  const events = (await asked.text()).trim().split('\n');
  const searched = events.map((line) => JSON.parse(line)).find(({ about }) => about?.kind === 'search');
  const { scores, ...about } = searched.about;
  assert.equal(scores.length, 1);
  assert.deepEqual(about, {
    kind: 'search',
    queries: ['How much is the deposit?'],
    mode: 'text',
    passages: 1,
    withoutVectors: null,
    isProbing: true,
  });
  assert.match(searched.text, /By words: 1 passages\.\nHow the documents are searched best is being found out\./);
  assert.equal(signal.aborted, false, 'the probe goes on');
  await chat.close();
  assert.equal(signal.aborted, true);
});

/** Of what it is asked second: first comes the document itself. */
class Probed extends FakeModels {
  override readonly embeddingModel = 'quick';
  readonly probed = Promise.withResolvers<readonly string[]>();
  #calls = 0;

  override async embed(texts: readonly string[] = []): Promise<Embedded> {
    this.#calls++;
    if (this.#calls === 2) this.probed.resolve(texts);
    return { vectors: texts.map(() => Float32Array.of(1, 0)), gateway: NOTE };
  }
}

test('startChat: the index is probed when documents came in, not only when somebody asks', async (t) => {
  const env = { AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1', SPILLWAY_CHAT_FILE: ':memory:' };
  const read = readSettings(env);
  const settings = read.kind === 'ok' ? read.settings : assert.fail();
  const models = new Probed();
  const chat = await startChat({ settings, version: 'test', port: 0, clock: new FakeClock(), models });
  t.after(() => chat.close());
  const { queue } = chat.parts;
  const content = new TextEncoder().encode(TEXT);
  const source = {
    path: 'deposit.md',
    category: null,
    access: null,
    owner: null,
    load: async () => ({ kind: 'bytes' as const, bytes: content }),
  };
  const taken = queue.add({ kind: 'files', sources: [source], bytes: content.length });
  const job = taken.kind === 'taken' ? await queue.ended(taken.id) : null;
  assert.equal(job?.progress.indexed, 1, JSON.stringify(job));
  assert.deepEqual(await models.probed.promise, ['It is paid within 14 days.']);
});
