import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverEventsIn } from './server-events.ts';

test('serverEventsIn: names, data of several lines, comments, and the end mark', () => {
  const events = serverEventsIn(': hello\n\nevent: a\ndata: {"x":\ndata: 1}\n\ndata:[DONE]\r\n\r\n');
  assert.deepEqual(events, [
    { name: 'a', data: '{"x":\n1}', json: { x: 1 }, whole: true },
    { name: null, data: '[DONE]', json: undefined, whole: true },
  ]);
});

test('serverEventsIn: an event that no blank line ends is not whole, and a bare [DONE] is none', () => {
  assert.deepEqual(serverEventsIn('data: {}\n\ndata: 2'), [
    { name: null, data: '{}', json: {}, whole: true },
    { name: null, data: '2', json: 2, whole: false },
  ]);
  assert.deepEqual(serverEventsIn('[DONE]\n\n'), []);
});
