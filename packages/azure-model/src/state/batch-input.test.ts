import assert from 'node:assert/strict';
import test from 'node:test';
import { BATCH_LINES_MAX, BATCH_PROBLEMS_MAX, plainEndpoint, readBatchInput } from './batch-input.ts';

function row(i: number, changes: object = {}): string {
  return JSON.stringify({
    custom_id: `t${i}`,
    method: 'POST',
    url: '/chat/completions',
    body: { model: 'chat' },
    ...changes,
  });
}

function read(text: string | Uint8Array) {
  return readBatchInput(Buffer.from(text), '/v1/chat/completions', (name) => name !== 'nobody');
}

function problems(text: string | Uint8Array) {
  const input = read(text);
  return input.kind === 'problems' ? input.problems : [];
}

test('readBatchInput: reads line by line, whatever ends them', () => {
  const input = read(`${row(0)}\r\n\n  ${row(1, { url: '/v1/chat/completions' })}\n`);
  assert.ok(input.kind === 'lines');
  assert.deepEqual(
    input.lines.map(({ customId }) => customId),
    ['t0', 't1'],
  );
});

const WRONG: ReadonlyArray<readonly [text: string, code: string, line: number | null]> = [
  ['', 'empty_file', null],
  [' \n \n', 'empty_file', null],
  [`\ufeff${row(0)}`, 'invalid_request', null],
  [`${row(0)}\n{`, 'invalid_json_line', 2],
  [row(0, { custom_id: 7 }), 'invalid_request', 1],
  [row(0, { method: 'GET' }), 'invalid_request', 1],
  [row(0, { body: [] }), 'invalid_request', 1],
  ['[]', 'invalid_request', 1],
  [row(0, { url: '/embeddings' }), 'url_mismatch', 1],
  [row(0, { body: { model: 'nobody' } }), 'model_not_found', 1],
  [row(0, { body: {} }), 'model_not_found', 1],
  [`${row(0)}\n\n${row(0)}`, 'duplicate_custom_id', 3],
  [`${row(0)}\n${row(1, { body: { model: 'other' } })}`, 'model_mismatch', 2],
];

test('readBatchInput: says what is wrong, and where', () => {
  for (const [text, code, line] of WRONG) {
    const [first] = problems(text);
    assert.deepEqual([first?.code, first?.line], [code, line], text);
  }
});

test('readBatchInput: takes as many lines as Azure does, and tells of so many problems', () => {
  const line = '{"custom_id":"';
  const many = (count: number): string =>
    Array.from(
      { length: count },
      (_, i) => `${line}${i}","method":"POST","url":"/chat/completions","body":{"model":"m"}}`,
    ).join('\n');
  const input = read(many(BATCH_LINES_MAX));
  assert.ok(input.kind === 'lines' && input.lines.length === BATCH_LINES_MAX);
  assert.equal(problems(many(BATCH_LINES_MAX + 1))[0]?.code, 'too_many_tasks');
  assert.equal(problems('{\n'.repeat(BATCH_PROBLEMS_MAX + 10)).length, BATCH_PROBLEMS_MAX);
});

test('plainEndpoint: is the same with the v1 of OpenAI and without', () => {
  assert.equal(plainEndpoint('/v1/responses'), plainEndpoint('/responses'));
});
