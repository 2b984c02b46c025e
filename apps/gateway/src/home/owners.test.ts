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

test('Owners: past the limit the one used longest ago makes room', () => {
  const owners = new Owners();
  for (let i = 0; i < OWNERS_MAX; i++) owners.learn(`file-${i}`, 'openai1');
  owners.of('file-0');
  owners.learn('file-more', 'openai1');
  assert.equal(owners.size, OWNERS_MAX);
  assert.equal(owners.of('file-0'), 'openai1');
  assert.equal(owners.of('file-1'), null);
});
