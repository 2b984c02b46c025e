import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OWNERS_MAX, Owners } from './owners.ts';

test('Owners: remembers who answered for an id, until it is forgotten', () => {
  const owners = new Owners();
  owners.learn('file-1', 'openai1');
  owners.learn('file-1', 'openai2');
  assert.equal(owners.of('file-1'), 'openai2');
  assert.equal(owners.of('file-2'), null);
  owners.forget('file-1');
  assert.equal(owners.of('file-1'), null);
});

test('Owners: learns each id of an answer that stays as it is', () => {
  const owners = new Owners();
  owners.learnFrom(
    Buffer.from('{"id":"resp_01234567","output":[{"id":"msg_01234567","call_id":"call_01234567"}]}'),
    'a',
  );
  assert.deepEqual(
    [owners.of('resp_01234567'), owners.of('msg_01234567'), owners.of('call_01234567')],
    ['a', 'a', null],
  );
});

test('Owners: past the limit the one used longest ago makes room', () => {
  const owners = new Owners();
  for (let i = 0; i < OWNERS_MAX; i++) owners.learn(`file-${i}`, 'openai1');
  owners.of('file-0');
  owners.learn('file-more', 'openai1');
  assert.equal(owners.size, OWNERS_MAX);
  assert.equal(owners.of('file-0'), 'openai1');
  assert.equal(owners.of('file-1'), null);
});
