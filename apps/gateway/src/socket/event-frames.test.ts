import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventFrames, errorText, eventOf, isLast, refusalStatus } from './event-frames.ts';

const TEXTS = [
  '{"type":"response.created"}',
  '{\n  "type": "response.output_text.delta",\r\n  "delta": "a\\nb"\n}',
  '[DONE]',
  '{"é":"😀"}',
];

test('EventFrames: what eventOf made comes back, wherever the bytes are cut', () => {
  const bytes = Buffer.concat(TEXTS.map(eventOf));
  const want = TEXTS.map((text) => text.replaceAll('\r\n', '\n'));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const frames = new EventFrames();
    assert.deepEqual([...frames.add(bytes.subarray(0, cut)), ...frames.add(bytes.subarray(cut))], want);
  }
});

test('EventFrames: comments are no messages, and a flat error becomes one as WebSockets have it', () => {
  const flat = { type: 'error', sequence_number: 7, code: 'upstream_broken', message: 'It broke.', param: null };
  const texts = new EventFrames().add(Buffer.from(`: waiting\n\nevent: error\ndata: ${JSON.stringify(flat)}\n\n`));
  assert.equal(texts.length, 1);
  assert.deepEqual(JSON.parse(texts[0] ?? ''), {
    type: 'error',
    status: 502,
    sequence_number: 7,
    error: { type: 'server_error', code: 'upstream_broken', message: 'It broke.', param: null },
  });
});

const NESTED = '{"type":"error","status":429,"error":{"code":"too_many_requests"}}';

const FACTS: ReadonlyArray<readonly [text: string, last: boolean, status: number | null]> = [
  ['{"type":"response.completed","response":{}}', true, null],
  ['{"type":"response.failed","response":{"error":{"code":"server_error"}}}', true, null],
  ['{"type":"response.output_item.done","item":{"type":"error"}}', false, null],
  ['{"type":"response.output_text.delta","delta":"\\"type\\":\\"response.completed\\""}', false, null],
  [NESTED, true, 429],
  ['{"type":"error","error":{"code":"x"}}', true, null],
  ['{"type":"error","status":200,"error":{}}', true, null],
  ['no JSON with "type":"error"', false, null],
];

for (const [text, last, status] of FACTS) {
  test(`isLast, refusalStatus: ${text}`, () => {
    assert.deepEqual([isLast(text), refusalStatus(text)], [last, status]);
  });
}

const ERRORS: ReadonlyArray<readonly [status: number, body: string, want: object]> = [
  [404, '{"error":{"code":"404","message":"m"}}', { type: 'error', status: 404, error: { code: '404', message: 'm' } }],
  [502, '<html>', { type: 'error', status: 502, error: { code: '502', message: '<html>' } }],
  [429, NESTED, JSON.parse(NESTED)],
];

for (const [status, body, want] of ERRORS) {
  test(`errorText: ${status} ${body}`, () => assert.deepEqual(JSON.parse(errorText(status, body)), want));
}
