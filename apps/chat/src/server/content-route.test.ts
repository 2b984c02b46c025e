import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { started } from './testing/chat.ts';

test('contentRoute: the store does the same for a document that is hidden and for one that is not there', async (t) => {
  const documents = { 'keys.md': '---\naccess: [staff]\n---\n# Keys\n\nBehind the blue door.\n' };
  const { send, chat } = await started(t, new FakeModels(), { env: { SPILLWAY_CHAT_AUTH: 'proxy' }, documents });
  const store = chat.parts.documents;
  const calls: string[] = [];
  for (const name of ['byPath', 'document', 'original'] as const) {
    const before: (...values: never[]) => unknown = store[name];
    t.mock.method(store, name, (...values: never[]) => {
      calls.push(name);
      return before(...values);
    });
  }
  const asked = async (path: string) => {
    calls.length = 0;
    const answer = await send(path, { headers: { 'x-forwarded-user': 'gus' } });
    return [answer.status, await answer.text(), ...calls];
  };
  const hidden = await asked('/content/keys.md');
  assert.equal(hidden[0], 404);
  assert.deepEqual(await asked('/content/none.md'), hidden);
});
