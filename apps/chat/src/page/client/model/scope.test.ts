import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCOPE_DOCUMENTS_MAX, scopeIn, scopeOfSteps } from './scope.ts';

const RULES = { id: 'd1', title: 'House rules' };
const UNKNOWN = { id: 'd2', title: null };
const about = (of: object) => [
  { about: null },
  { about: { kind: 'scope' as const, documents: [], category: null, without: null, ...of } },
];

test('scopeOfSteps: documents go before a collection; all but one collection is no scope', () => {
  assert.equal(scopeOfSteps([]), null);
  assert.equal(scopeOfSteps([{ about: { kind: 'cut' } }]), null);
  assert.equal(scopeOfSteps(about({ without: 'old' })), null);
  assert.deepEqual(scopeOfSteps(about({ category: 'rules' })), { kind: 'collection', name: 'rules' });
  assert.deepEqual(scopeOfSteps(about({ category: 'rules', documents: [RULES, UNKNOWN] })), {
    kind: 'documents',
    documents: [RULES, UNKNOWN],
  });
});

test('scopeIn: takes what the page keeps, and nothing else', () => {
  for (const scope of [
    { kind: 'collection', name: 'rules' },
    { kind: 'documents', documents: [RULES, UNKNOWN] },
    'none',
  ])
    assert.deepEqual(scopeIn(JSON.parse(JSON.stringify(scope))), scope);
  const many = Array.from({ length: SCOPE_DOCUMENTS_MAX + 1 }, () => RULES);
  for (const bad of [
    null,
    7,
    {},
    { kind: 'collection' },
    { kind: 'documents', documents: [] },
    { kind: 'documents', documents: many },
    { kind: 'documents', documents: [{ id: 'd1' }] },
    { kind: 'documents', documents: ['d1'] },
  ])
    assert.equal(scopeIn(bad), null, JSON.stringify(bad)?.slice(0, 80));
  assert.notEqual(scopeIn({ kind: 'documents', documents: many.slice(1) }), null);
});
