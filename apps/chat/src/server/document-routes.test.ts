/** What comes with an upload, and how much of it counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { started } from './testing/chat.ts';

test('documentRoutes: of a category 300 letters are kept, of groups the first that fit, and 100 at most', async (t) => {
  const { send, chat } = await started(t, new FakeModels());
  const upload = async (name: string, fields: Readonly<Record<string, string>>) => {
    const form = new FormData();
    form.set('file', new File(['# A\n\nText.\n'], name));
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    const { job } = await (await send('/api/documents', { method: 'POST', body: form })).json();
    await chat.parts.queue.ended(job.id);
    const { documents } = await (await send('/api/documents')).json();
    return documents.find(({ path }: { path: string }) => path.endsWith(name));
  };
  assert.equal((await upload('a.md', { category: 'c'.repeat(301) })).category, 'c'.repeat(300));
  const groups = Array.from({ length: 120 }, (_, i) => String.fromCharCode(0x4e00 + i)).join(',');
  assert.equal((await upload('b.md', { groups })).access.groups.length, 100);
});
