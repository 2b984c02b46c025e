import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsIn } from './sample.ts';

const chunk = (delta: object): string => `data: ${JSON.stringify({ choices: [{ delta }], id: 'x' })}\n\n`;

test('eventsIn: one write for each piece of content; what comes before goes with the first, what follows with the last', () => {
  const filter = 'data: {"choices":[]}\n\n';
  const role = chunk({ content: '', role: 'assistant' });
  const [one, two, three] = ['The', ' "sea"', '.'].map((content) => chunk({ content }));
  const ending = `${chunk({})}data: [DONE]\n\n`;
  assert.deepEqual(eventsIn([filter, role, one, two, three, ending].join('')), [
    `${filter}${role}${one}`,
    two,
    `${three}${ending}`,
  ]);
});
