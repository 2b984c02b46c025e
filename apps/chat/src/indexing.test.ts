/** The index as the settings have it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { FakeModels } from './answer/testing/fake-models.ts';
import { openIndex } from './indexing.ts';
import { readSettings } from './settings/settings.ts';
import { openLocal } from './store/local/local.ts';

test('openIndex: a file of a folder may be as large as an upload, be that more or less than by default', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'spillway-'));
  t.after(() => rmSync(root, { recursive: true }));
  // The largest is beyond another limit, which is reached only where its size is none.
  for (const size of [1_024, 1_025, 20_000_001]) writeFileSync(join(root, `${size}.txt`), 'Text. '.padEnd(size));
  const table = [
    ['1024', ['1025 bytes, above 1024', '20000001 bytes, above 1024']],
    ['1025', ['20000001 bytes, above 1025']],
    ['20000001', ['20000001 characters, above 6000000']],
  ] as const;
  for (const [bytesMax, want] of table) {
    const read = readSettings({ AZURE_OPENAI_CUSTOM_URL: 'http://x', SPILLWAY_CHAT_UPLOAD_BYTES_MAX: bytesMax });
    const { limits } = read.kind === 'ok' ? read.settings : assert.fail();
    const { documents, conversations } = openLocal(':memory:');
    const queue = openIndex({ documents, models: new FakeModels(), limits, clock: new FakeClock() });
    const taken = queue.add({ kind: 'folder', folder: { root, category: null } });
    const job = taken.kind === 'taken' ? await queue.ended(taken.id) : assert.fail();
    const reasons = (job?.failures ?? []).map(({ reason }) => reason.replace(/; split.*/, ''));
    assert.deepEqual(reasons, want);
    await queue.close();
    await Promise.all([documents.close(), conversations.close()]);
  }
});
