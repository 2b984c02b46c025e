import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceSpans, type Target } from '@spillway/protocol';
import { Owners } from './owners.ts';
import { type Found, referencesOf } from './references.ts';
import { Seal } from './seal.ts';

const seal = new Seal(['key']);
const RESPONSE = 'resp_0123456789abcdef';
const FILE = 'file-0123456789abcdef';

interface Fields {
  readonly operation?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly readable?: boolean;
  readonly owners?: Owners;
}

function read({ operation = 'responses', query = '', body = {}, readable = true, owners = new Owners() }: Fields) {
  const target: Target = { dialect: 'v1', deployment: null, operation };
  return referencesOf({ target, query, body: Buffer.from(JSON.stringify(body)), readable }, seal, owners);
}

function found(fields: Fields): Found {
  const references = read(fields);
  assert.equal(references.kind, 'found');
  return references.kind === 'found' ? references : assert.fail();
}

test('referencesOf: a request that names nothing may go anywhere, and stays as it is', () => {
  const { owner, target, query, replacements, foreign } = found({
    query: 'limit=5',
    body: { input: 'resp_0123456789' },
  });
  assert.deepEqual([owner, target.operation, query, replacements, foreign], [null, 'responses', 'limit=5', [], []]);
});

test('referencesOf: sealed ids in path, query and body become what their owner knows', () => {
  const sealed = seal.seal(RESPONSE, 'openai2');
  const body = { previous_response_id: sealed, input: [{ type: 'input_file', file_id: seal.seal(FILE, 'openai2') }] };
  const read = found({ operation: `responses/${sealed}/input_items`, query: `after=${sealed}&limit=2`, body });
  assert.equal(read.owner, 'openai2');
  assert.equal(read.target.operation, `responses/${RESPONSE}/input_items`);
  assert.equal(read.query, `after=${RESPONSE}&limit=2`);
  const plain = Buffer.from(replaceSpans(Buffer.from(JSON.stringify(body)), read.replacements)).toString();
  assert.deepEqual(JSON.parse(plain), {
    previous_response_id: RESPONSE,
    input: [{ type: 'input_file', file_id: FILE }],
  });
  assert.equal(read.sealedBy.get(RESPONSE), sealed);
});

test('referencesOf: contents that only one can read lead to it', () => {
  const body = { input: [{ type: 'reasoning', encrypted_content: seal.sealContent('gAAAA', 'openai3') }] };
  const read = found({ body });
  assert.equal(read.owner, 'openai3');
  assert.equal(Buffer.from(read.replacements[0]?.bytes ?? []).toString(), 'gAAAA');
  assert.equal(found({ body: { input: [{ encrypted_content: 'gAAAA' }] } }).owner, null);
});

test('referencesOf: two owners are one too many', () => {
  const body = {
    previous_response_id: seal.seal(RESPONSE, 'openai1'),
    tools: [{ vector_store_ids: [seal.seal('vs_01234567', 'openai2')] }],
  };
  assert.deepEqual(read({ body }), { kind: 'scattered', owners: ['openai1', 'openai2'] });
});

test('referencesOf: an id that no key opens is named', () => {
  const other = new Seal(['other']).seal(RESPONSE, 'openai1');
  assert.deepEqual(read({ operation: `responses/${other}` }), { kind: 'broken', id: other });
});

test('referencesOf: an id of nobody is foreign until its owner is known', () => {
  const owners = new Owners();
  assert.deepEqual(found({ operation: `files/${FILE}`, owners }).foreign, [FILE]);
  owners.learn(FILE, 'openai1');
  const known = found({ operation: `files/${FILE}`, owners });
  assert.deepEqual([known.owner, known.foreign], ['openai1', []]);
});

test('referencesOf: words of a path are no ids, not even those of a path to come', () => {
  for (const operation of ['responses/input_tokens', 'vector_stores/1/file_batches', 'dreams/future_words']) {
    assert.deepEqual(found({ operation }).foreign, [], operation);
  }
});

test('referencesOf: a body that cannot be read is not looked into', () => {
  const body = { previous_response_id: seal.seal(RESPONSE, 'openai1') };
  assert.equal(found({ body, readable: false }).owner, null);
});
