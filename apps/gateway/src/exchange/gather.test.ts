import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seal } from '../home/seal.ts';
import { TestGateway, type TestInbound } from '../testing/kit.ts';

const seal = new Seal(['a key for tests']);
const HEADERS = { 'content-type': 'application/json' };

function list(gateway: TestGateway, query = ''): TestInbound {
  return gateway.ask({ method: 'GET', target: `/openai/v1/files${query}`, body: '' });
}

function page(ids: readonly string[], hasMore: boolean): string {
  const data = ids.map((id) => ({ id, object: 'file' }));
  return JSON.stringify({ object: 'list', data, first_id: ids[0], last_id: ids.at(-1), has_more: hasMore });
}

/** The ids as their owners know them, with the owners. */
function idsIn(client: TestInbound): readonly string[] {
  const read: { readonly data: readonly { readonly id: string }[] } = JSON.parse(client.received);
  return read.data.map(({ id }) => {
    const opened = seal.open(id);
    return opened.kind === 'sealed' ? `${opened.owner} ${opened.id}` : id;
  });
}

test('Gather: a list is that of all owners, one after the other', () => {
  const gateway = new TestGateway();
  const client = list(gateway);
  gateway.call.answer(200, page(['file-11111111', 'file-22222222'], false), HEADERS);
  gateway.call.answer(200, page([], false), HEADERS);
  gateway.call.answer(200, page(['file-33333333'], false), HEADERS);
  assert.deepEqual(idsIn(client), ['openai1 file-11111111', 'openai1 file-22222222', 'openai3 file-33333333']);
  const { has_more, last_id } = JSON.parse(client.received);
  assert.equal(has_more, false);
  assert.deepEqual(seal.open(last_id), { kind: 'sealed', owner: 'openai3', id: 'file-33333333' });
});

test('Gather: a page that has more is the page; its cursor leads on, past its owner to the next', () => {
  const gateway = new TestGateway();
  const first = list(gateway, '?limit=2');
  gateway.call.answer(200, page(['file-11111111', 'file-22222222'], true), HEADERS);
  const { has_more, last_id } = JSON.parse(first.received);
  assert.equal(has_more, true);
  assert.equal(gateway.called.length, 1);

  const second = list(gateway, `?limit=2&after=${last_id}`);
  assert.equal(gateway.call.request.path, '/openai/v1/files?limit=2&after=file-22222222');
  gateway.call.answer(200, page(['file-33333333'], false), HEADERS);
  assert.equal(gateway.call.request.path, '/openai/v1/files?limit=1');
  assert.equal(gateway.call.request.origin, 'https://openai2.openai.azure.com');
  gateway.call.answer(200, page(['file-44444444'], false), HEADERS);
  assert.deepEqual(idsIn(second), ['openai1 file-33333333', 'openai2 file-44444444']);
  assert.equal(JSON.parse(second.received).has_more, true, 'the third owner was not asked yet');
});

test('Gather: without one owner the list would be wrong, and is refused', () => {
  const gateway = new TestGateway();
  const client = list(gateway);
  gateway.call.answer(200, page(['file-11111111'], false), HEADERS);
  gateway.call.answer(429, '{}', { ...HEADERS, 'retry-after-ms': '700' });
  assert.deepEqual([client.status, client.got('retry-after-ms')], [429, '700']);
});

test('Gather: a page backwards is its owner’s alone', () => {
  const gateway = new TestGateway();
  const client = list(gateway, `?before=${seal.seal('file-22222222', 'openai2')}`);
  gateway.call.answer(200, page(['file-11111111'], false), HEADERS);
  assert.deepEqual(idsIn(client), ['openai2 file-11111111']);
  assert.equal(gateway.called.length, 1);
});

function models(...ids: readonly string[]): string {
  return JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });
}

test('Gather: models are one list, each once, in an order that does not depend on who answers', () => {
  const gateway = new TestGateway();
  const client = gateway.ask({ method: 'GET', target: '/openai/models?api-version=2024-10-21', body: '' });
  gateway.call.answer(200, models('gpt-4o', 'ada'), HEADERS);
  gateway.call.answer(200, models('gpt-4o', 'o3'), HEADERS);
  gateway.call.answer(200, models('ada'), HEADERS);
  assert.deepEqual(idsIn(client), ['ada', 'gpt-4o', 'o3']);
});

test('Gather: models of one that cannot be asked are left out', () => {
  const gateway = new TestGateway();
  const client = gateway.ask({ method: 'GET', target: '/openai/v1/models', body: '' });
  gateway.call.refusesConnection();
  gateway.call.answer(200, models('gpt-4o'), HEADERS);
  gateway.call.answer(503, '{}', HEADERS);
  assert.equal(client.status, 200);
  assert.deepEqual(idsIn(client), ['gpt-4o']);
});
