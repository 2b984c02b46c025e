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

/** @returns a form with a file of 1,024 bytes, and so much around it that all of it has `bytes`. */
function formOfBytes(bytes: number): string {
  const part = (name: string, text: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const file = part('file"; filename="a.txt', 'x'.repeat(1_024));
  const around = file.length + part('note', '').length + '--b--\r\n'.length;
  return `${file}${part('note', 'n'.repeat(bytes - around))}--b--\r\n`;
}

test('documentRoutes: beside the largest file 64 KiB of other fields come in, and not a byte more', async (t) => {
  const { send } = await started(t, new FakeModels(), { env: { SPILLWAY_CHAT_UPLOAD_BYTES_MAX: '1024' } });
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const statusOf = async (bytes: number) =>
    (await send('/api/documents', { method: 'POST', headers, body: formOfBytes(bytes) })).status;
  assert.equal(await statusOf(1_024 + 65_536), 202);
  assert.equal(await statusOf(1_024 + 65_537), 413);
});

test('documentRoutes: a Markdown file that closes itself stays closed when it is uploaded, but for who uploaded it', async (t) => {
  const { send, chat } = await started(t, new FakeModels(), { env: { SPILLWAY_CHAT_AUTH: 'proxy' } });
  const as = (user: string, groups = '') => ({ 'x-forwarded-user': user, 'x-forwarded-groups': groups });
  const upload = async (name: string, text: string, fields: Readonly<Record<string, string>> = {}) => {
    const form = new FormData();
    form.set('file', new File([text], name));
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    const { job } = await (await send('/api/documents', { method: 'POST', body: form, headers: as('ann') })).json();
    await chat.parts.queue.ended(job.id);
  };
  const closed = '---\naccess: [staff]\n---\n# Keys\n\nBehind the blue door.\n';
  await upload('closed.md', closed);
  await upload('told.md', closed, { groups: 'guest' });
  await upload('open.md', '# Pets\n\nWelcome.\n');
  const names = async (headers: Readonly<Record<string, string>>) => {
    const { documents } = await (await send('/api/documents', { headers })).json();
    return documents.map(({ path }: { path: string }) => path.split('/').at(-1)).join(' ');
  };
  assert.equal(await names(as('ann')), 'closed.md open.md told.md');
  assert.equal(await names(as('sue', 'staff')), 'closed.md open.md');
  assert.equal(await names(as('gus', 'guest')), 'open.md told.md', 'what the form says goes before what the file says');
});
