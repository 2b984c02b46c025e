import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import type { FormPart } from '@spillway/azure-model';
import { PARTS_MAX, withForm } from './form.ts';

async function formOf(bytes: Buffer | null, type?: string): Promise<readonly FormPart[] | null> {
  const request = new IncomingMessage(new Socket());
  if (type !== undefined) request.headers['content-type'] = type;
  const { promise, resolve } = Promise.withResolvers<readonly FormPart[] | null>();
  withForm(request, bytes, resolve);
  return promise;
}

async function sent(form: FormData): Promise<readonly FormPart[] | null> {
  const response = new Response(form);
  const bytes = Buffer.from(await response.arrayBuffer());
  return formOf(bytes, response.headers.get('content-type') ?? '');
}

test('withForm: gives fields as text and files byte for byte', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const form = new FormData();
  form.append('purpose', 'assistants');
  form.append('file', new File([bytes], 'ü "1".bin', { type: 'application/pdf' }));
  const [purpose, file] = (await sent(form)) ?? [];
  assert.deepEqual([purpose?.name, purpose?.filename, purpose?.text()], ['purpose', null, 'assistants']);
  assert.deepEqual([file?.name, file?.filename, file?.contentType], ['file', 'ü "1".bin', 'application/pdf']);
  assert.deepEqual(new Uint8Array(file?.bytes ?? []), bytes);
});

test('withForm: what is no form, is broken or was too large is none', async () => {
  assert.equal(await formOf(Buffer.from('{}'), 'application/json'), null);
  assert.equal(await formOf(Buffer.from('{}')), null);
  assert.equal(await formOf(null, 'multipart/form-data; boundary=x'), null);
  assert.equal(await formOf(Buffer.from('nothing'), 'multipart/form-data; boundary=x'), null);
  assert.equal(await formOf(Buffer.from('nothing'), 'multipart/form-data'), null);
});

test('withForm: has a limit of parts', async () => {
  const form = new FormData();
  for (let i = 0; i < PARTS_MAX; i++) form.append('part', String(i));
  assert.equal((await sent(form))?.length, PARTS_MAX);
  form.append('part', 'one too many');
  assert.equal(await sent(form), null);
});

test('withForm: takes a short boundary, as people write by hand', async () => {
  const body = '--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b--\r\n';
  const [part] = (await formOf(Buffer.from(body), 'multipart/form-data; boundary=b')) ?? [];
  assert.deepEqual([part?.name, part?.text()], ['purpose', 'batch']);
});

test('withForm: a part without a disposition, or without a name, is none, however long it is', async () => {
  const part = (header: string, chars: number): string => `--b\r\n${header}\r\n\r\n${'y'.repeat(chars)}\r\n`;
  const formIn = (...parts: string[]) =>
    formOf(Buffer.from(`${parts.join('')}--b--\r\n`), 'multipart/form-data; boundary=b');
  assert.equal(await formIn(part('x-other: a', 100_000)), null);
  const named = part('content-disposition: form-data; name="purpose"', 5);
  const nameless = part('content-disposition: form-data', 5);
  assert.deepEqual(
    (await formIn(nameless, named))?.map(({ name }) => name),
    ['purpose'],
  );
});
