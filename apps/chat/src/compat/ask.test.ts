import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUESTION_CHARS_MAX } from '../server/api.ts';
import { conversationOf } from './ask.ts';

test('conversationOf: the last 100 turns are looked at, and a question is as long as one may be', () => {
  const said = Array.from({ length: 300 }, (_, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content: `m${i}` }));
  const asked = (content: string) => conversationOf([...said, { role: 'user', content }]);
  const { history } = asked('Well?') ?? assert.fail();
  assert.deepEqual([history.length, history[0]?.question, history.at(-1)?.answer], [100, 'm100', 'm299']);
  assert.equal(asked('a'.repeat(QUESTION_CHARS_MAX))?.question.length, QUESTION_CHARS_MAX);
  assert.equal(asked('a'.repeat(QUESTION_CHARS_MAX + 1)), null);
});
