import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import { CHORES_MAX } from '../chores.ts';
import type { Resource, World } from '../resource.ts';
import type { FormPart } from '../service.ts';
import { answered, NOW_MS, testRequest, testResource } from '../testing.ts';
import { EXPIRES_AFTER_SECONDS_MAX, EXPIRES_AFTER_SECONDS_MIN } from './expiry.ts';
import { FILE_BYTES_MAX } from './files.ts';
import { OBJECTS_MAX, STORED_BYTES_MAX } from './store.ts';
import { PART_BYTES_MAX, UPLOAD_PARTS_MAX } from './uploads.ts';
import { BATCH_FILES_MAX } from './vector-store-files.ts';
import { RESULTS_MAX } from './vector-stores.ts';

function field(name: string, value: string): FormPart {
  return { name, filename: null, contentType: null, bytes: Buffer.from(value), text: () => value };
}

function part(name: string, bytes: Uint8Array): FormPart {
  return { name, filename: 'f.txt', contentType: 'text/plain', bytes, text: () => '' };
}

interface Sent {
  readonly method?: string;
  readonly form?: readonly FormPart[];
  readonly body?: unknown;
  readonly nowMs?: number;
  readonly path?: string;
}

function send(to: Resource, path: string, { method = 'POST', form, body, nowMs = NOW_MS }: Sent = {}) {
  const [at = '', query = ''] = `/openai/v1/${path}`.split('?');
  const request = testRequest(body ?? '', { method, path: at, query, ...(form === undefined ? {} : { form }) });
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = answered(to, { ...request, body: text }, nowMs);
  const shown = answer.body.kind === 'text' ? answer.body.text : '{}';
  return { status: answer.status, text: shown, json: JSON.parse(shown) };
}

function upload(to: Resource, content: string, nowMs = NOW_MS, more: readonly FormPart[] = []) {
  const form = [field('purpose', 'assistants'), part('file', Buffer.from(content)), ...more];
  return send(to, 'files', { form, nowMs });
}

const FORMS: ReadonlyArray<readonly [form: readonly FormPart[] | undefined, says: RegExp]> = [
  [undefined, /multipart\/form-data/],
  [[field('purpose', 'batch')], /'file'/],
  [[part('file', Buffer.from('x'))], /'purpose'/],
  [[field('purpose', 'fun'), part('file', Buffer.from('x'))], /'fun'\. Supported values are: 'assistants'/],
];

test('filesService: refuses a form without what a file needs', () => {
  const to = testResource(seededUnit);
  for (const [form, says] of FORMS) {
    const { status, text } = send(to, 'files', form === undefined ? {} : { form });
    assert.equal(status, 400);
    assert.match(text, says);
  }
});

test('filesService: refuses a file that is larger than the limit', () => {
  const form = [field('purpose', 'batch'), part('file', new Uint8Array(FILE_BYTES_MAX + 1))];
  assert.match(send(testResource(seededUnit), 'files', { form }).text, new RegExp(String(FILE_BYTES_MAX)));
});

test('filesService: a file with an expiry is gone when its time has come', () => {
  const to = testResource(seededUnit);
  const expiry = (seconds: number) => [
    field('expires_after[anchor]', 'created_at'),
    field('expires_after[seconds]', String(seconds)),
  ];
  for (const seconds of [EXPIRES_AFTER_SECONDS_MIN - 1, EXPIRES_AFTER_SECONDS_MAX + 1]) {
    assert.equal(upload(to, 'x', NOW_MS, expiry(seconds)).status, 400);
  }
  const { json } = upload(to, 'x', NOW_MS, expiry(EXPIRES_AFTER_SECONDS_MIN));
  const path = `files/${json.id}`;
  const lifeMs = EXPIRES_AFTER_SECONDS_MIN * 1000;
  assert.equal(send(to, path, { method: 'GET', nowMs: NOW_MS + lifeMs - 1000 }).status, 200);
  assert.equal(send(to, path, { method: 'GET', nowMs: NOW_MS + lifeMs }).status, 404);
  assert.equal(send(to, 'files', { method: 'GET', nowMs: NOW_MS + lifeMs }).json.data.length, 0);
});

test('filesService: versions of 2024 say first that they look at the file', () => {
  const to = testResource(seededUnit);
  const form = [field('purpose', 'batch'), part('file', Buffer.from('x'))];
  const at = (version: string, path: string, method = 'POST') => {
    const fields = { method, path: `/openai/${path}`, query: `api-version=${version}`, form };
    const { body } = answered(to, testRequest('', fields));
    return JSON.parse(body.kind === 'text' ? body.text : '{}');
  };
  const { id, status } = at('2024-10-21', 'files');
  assert.equal(status, 'pending');
  assert.equal(at('2024-10-21', `files/${id}`, 'GET').status, 'processed');
  assert.equal(at('2025-03-01-preview', 'files').status, 'processed');
});

/** A world whose store already holds one object, or as many as may be. */
function filled(kind: string, count: number, bytes: Uint8Array | null): Partial<World> {
  const objects = Array.from({ length: count }, (_, i) => ({ kind, id: `old-${i}`, createdMs: 0, value: {}, bytes }));
  return { keeperOf: () => ({ load: () => objects, put: () => {}, remove: () => {} }) };
}

test('filesService: a full store is told to the client, with its limits', () => {
  const full = testResource(seededUnit, {}, filled('file', 1, new Uint8Array(STORED_BYTES_MAX)));
  const many = testResource(seededUnit, {}, filled('file', OBJECTS_MAX, null));
  for (const to of [full, many]) {
    const { status, json } = upload(to, 'x');
    assert.deepEqual([status, json.error.code], [400, 'storage_limit_exceeded']);
    assert.match(json.error.message, new RegExp(`${OBJECTS_MAX} .* ${STORED_BYTES_MAX}`));
  }
});

test('FileShelf: after a restart no new file takes the id of one that was kept', () => {
  const first = upload(testResource(seededUnit), 'x').json.id;
  const objects = [{ kind: 'file', id: first, createdMs: 0, value: {}, bytes: null }];
  const keeper = { load: () => objects, put: () => {}, remove: () => {} };
  const again = upload(testResource(seededUnit, {}, { keeperOf: () => keeper }), 'x').json.id;
  assert.notEqual(again, first);
});

const UPLOAD = { filename: 'u.bin', bytes: 3, mime_type: 'text/plain', purpose: 'batch' };

test('uploadsService: has limits for a file, a part and the number of parts', () => {
  const to = testResource(seededUnit);
  assert.match(send(to, 'uploads', { body: { ...UPLOAD, bytes: FILE_BYTES_MAX + 1 } }).text, /'bytes'/);
  const { id } = send(to, 'uploads', { body: UPLOAD }).json;
  const add = (bytes: Uint8Array) => send(to, `uploads/${id}/parts`, { form: [part('data', bytes)] });
  assert.match(add(new Uint8Array(PART_BYTES_MAX + 1)).text, new RegExp(String(PART_BYTES_MAX)));
  for (let i = 0; i < UPLOAD_PARTS_MAX; i++) assert.equal(add(Buffer.from('x')).status, 200);
  assert.match(add(Buffer.from('x')).text, new RegExp(String(UPLOAD_PARTS_MAX)));
});

test('uploadsService: an upload that is not completed within its hour is gone, its parts too', () => {
  const to = testResource(seededUnit);
  const { id } = send(to, 'uploads', { body: UPLOAD }).json;
  const form = [part('data', Buffer.from('abc'))];
  const { json } = send(to, `uploads/${id}/parts`, { form });
  const later = NOW_MS + 3_601_000;
  assert.equal(send(to, `uploads/${id}/complete`, { body: { part_ids: [json.id] }, nowMs: later }).status, 404);
});

test('uploadsService: refuses parts that are strange, or named twice', () => {
  const to = testResource(seededUnit);
  const { id } = send(to, 'uploads', { body: UPLOAD }).json;
  const { json } = send(to, `uploads/${id}/parts`, { form: [part('data', Buffer.from('abc'))] });
  for (const part_ids of [['part_none'], [json.id, json.id], undefined, 'text']) {
    assert.equal(send(to, `uploads/${id}/complete`, { body: { part_ids } }).status, 400);
  }
  assert.equal(send(to, `uploads/${id}/complete`, { body: { part_ids: [json.id] } }).json.status, 'completed');
});

test('batchesService: refuses a batch where too much is under way already', () => {
  const to = testResource(seededUnit);
  const form = [field('purpose', 'batch'), part('file', Buffer.from('{}'))];
  const input_file_id = send(to, 'files', { form }).json.id;
  for (let i = 0; i < CHORES_MAX; i++) to.chores.at(NOW_MS + 1000, () => {});
  const body = { input_file_id, endpoint: '/chat/completions', completion_window: '24h' };
  const { status, text } = send(to, 'batches', { body });
  assert.equal(status, 429);
  assert.match(text, new RegExp(String(CHORES_MAX)));
});

test('vectorStoresService: has limits for a batch of files and for what is found', () => {
  const to = testResource(seededUnit);
  const file = upload(to, 'bees').json.id;
  const { id } = send(to, 'vector_stores', { body: {} }).json;
  const add = (count: number) =>
    send(to, `vector_stores/${id}/file_batches`, { body: { file_ids: new Array(count).fill(file) } });
  assert.equal(add(BATCH_FILES_MAX).status, 200);
  assert.match(add(BATCH_FILES_MAX + 1).text, new RegExp(String(BATCH_FILES_MAX)));
  const search = (max: number) =>
    send(to, `vector_stores/${id}/search`, { body: { query: 'bees', max_num_results: max }, nowMs: NOW_MS + 1000 });
  assert.equal(search(RESULTS_MAX).json.data.length, 1);
  assert.match(search(RESULTS_MAX + 1).text, new RegExp(String(RESULTS_MAX)));
});

test('vectorStoresService: a file without text fails, and one that is deleted is not found any more', () => {
  const to = testResource(seededUnit);
  const [empty, bees] = [upload(to, ' ').json.id, upload(to, 'bees').json.id];
  const { id } = send(to, 'vector_stores', { body: { file_ids: [empty, bees] } }).json;
  const later = { method: 'GET', nowMs: NOW_MS + 1000 };
  const counts = send(to, `vector_stores/${id}`, later).json.file_counts;
  assert.deepEqual([counts.failed, counts.completed], [1, 1]);
  assert.equal(send(to, `vector_stores/${id}/files/${empty}`, later).json.last_error.code, 'invalid_file');
  const search = () => send(to, `vector_stores/${id}/search`, { body: { query: 'bees' }, nowMs: NOW_MS + 1000 });
  assert.equal(search().json.data.length, 1);
  send(to, `files/${bees}`, { method: 'DELETE' });
  assert.equal(search().json.data.length, 0);
});
