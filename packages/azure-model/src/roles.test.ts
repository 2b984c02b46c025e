import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayDo, ROLES, type Role } from './roles.ts';

const OPENAI = 'Microsoft.CognitiveServices/accounts/OpenAI';
const USERS = [
  'Cognitive Services OpenAI Contributor',
  'Cognitive Services User',
  'Azure AI User',
  'Azure AI Developer',
];
const ALL = ['Cognitive Services OpenAI User', ...USERS];

/** Who may do it, of all roles there are. */
const ACTIONS: ReadonlyArray<readonly [action: string, who: readonly string[]]> = [
  ['deployments/chat/completions/action', ALL],
  ['images/generations/action', ALL],
  ['responses/write', ALL],
  ['files/read', ALL],
  ['files/write', USERS],
  ['batches/write', USERS],
  ['stored-completions/read', USERS],
];

for (const [action, who] of ACTIONS) {
  test(`mayDo: ${action} takes one of ${who.length} roles`, () => {
    const may = ROLES.filter((role) => mayDo([role], `${OPENAI}/${action}`));
    assert.deepEqual([...may].sort(), [...who].sort());
  });
}

test('mayDo: no role may do nothing, and one of several is enough', () => {
  const action = `${OPENAI}/files/write`;
  const several: readonly Role[] = ['Reader', 'Cognitive Services OpenAI Contributor'];
  assert.equal(mayDo([], action), false);
  assert.equal(mayDo(several, action), true);
});
