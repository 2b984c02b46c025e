import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLocal } from '../store/local/local.ts';
import { documentNamed } from '../store/samples.ts';
import { SCOPE_TITLES_MAX, scopeStep } from './scope.ts';

const ANN = { user: 'ann', groups: [], isAdmin: false };

test('scopeStep: everything is no scope', async () => {
  assert.equal(await scopeStep({ top: 3 }, ANN), null);
});

test('scopeStep: names documents that the reader may see, the others by their ids alone', async (t) => {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  const open = await documents.put(documentNamed('a.md', ['x'], { title: 'House rules' }, null), null);
  const access = { users: ['bob'], groups: [] };
  const closed = await documents.put(documentNamed('b.md', ['x'], { title: 'Salaries', access }, null), null);
  assert.deepEqual(await scopeStep({ documents: [open, closed] }, ANN, documents), {
    type: 'step',
    title: 'Asked of',
    text: 'Documents: House rules, 1 more',
    ms: 0,
    about: {
      kind: 'scope',
      documents: [
        { id: open, title: 'House rules' },
        { id: closed, title: null },
      ],
      category: null,
      without: null,
    },
  });
});

test('scopeStep: tells categories, and no more titles than its limit', async () => {
  const step = await scopeStep({ includeCategory: 'rules', excludeCategory: 'old' }, ANN);
  assert.equal(step?.text, 'Only the category rules\nWithout the category old');
  let looks = 0;
  const document = async () => {
    looks++;
    return null;
  };
  await scopeStep({ documents: Array.from({ length: 200 }, (_, i) => `${i}`) }, ANN, { document });
  assert.equal(looks, SCOPE_TITLES_MAX);
});
