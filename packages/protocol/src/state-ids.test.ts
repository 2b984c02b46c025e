import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { replaceSpans } from './body.ts';
import { IdScan, type IdSpan, idPrefix, idSpans, idsInPath, isStateId } from './state-ids.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function found(value: unknown): readonly string[] {
  return idSpans(bytesOf(JSON.stringify(value))).map(({ kind, text }) => `${kind} ${text}`);
}

const PREFIXES: ReadonlyArray<readonly [id: string, prefix: string]> = [
  ['resp_68a1b2c3', 'resp_'],
  ['file-9aBcDeFgH', 'file-'],
  ['batch_output-1f2e3d4c', 'batch_output-'],
  ['conv_swAq83', 'conv_'],
  ['9f8e7d6c-1111', ''],
];

for (const [id, prefix] of PREFIXES) {
  test(`idPrefix: of ${id} is '${prefix}'`, () => assert.equal(idPrefix(id), prefix));
}

test('isStateId: tells ids from words, numbers and what no path could hold', () => {
  for (const id of ['resp_68a1b2c3', 'file-9aBcDeF', 'batch_output-1f2e3d']) assert.ok(isStateId(id), id);
  for (const word of [
    'responses',
    'input_items',
    'gpt-4',
    '12',
    '',
    'resp_',
    'resp_a/b',
    'resp_ä23456',
    `resp_${'a'.repeat(600)}`,
  ]) {
    assert.ok(!isStateId(word), word);
  }
});

test('idSpans: finds ids under the keys that name them, however deep, and in lists', () => {
  const value = {
    id: 'resp_11111111',
    previous_response_id: 'resp_22222222',
    output: [{ id: 'msg_33333333', type: 'message', content: [{ annotations: [{ file_id: 'file-44444444' }] }] }],
    tools: [{ type: 'file_search', vector_store_ids: ['vs_55555555', 'vs_66666666'] }],
    conversation: { id: 'conv_77777777' },
  };
  assert.deepEqual(
    found(value).map((text) => text.split(' ')[1]),
    ['resp_11111111', 'resp_22222222', 'msg_33333333', 'file-44444444', 'vs_55555555', 'vs_66666666', 'conv_77777777'],
  );
});

test('idSpans: leaves texts, ids of calls and of the client, and what only looks like an id', () => {
  const value = {
    text: 'resp_11111111',
    call_id: 'call_22222222',
    custom_id: 'task_33333333',
    metadata: { note: 'file-44444444' },
    model: 'gpt-4o-mini-2024',
    id: 7,
    user_id: 'user_55555555',
    ids: { id_of: 'x' },
  };
  assert.deepEqual(found(value), []);
});

test('idSpans: finds contents that only their owner can read', () => {
  assert.deepEqual(found({ input: [{ type: 'reasoning', id: 'rs_11111111', encrypted_content: 'gAAAA+/=' }] }), [
    'id rs_11111111',
    'encrypted gAAAA+/=',
  ]);
});

test('idSpans: of a key that a list interrupts, items after a nested value are still its own', () => {
  assert.deepEqual(found({ file_ids: ['file-11111111', { text: 'file-22222222' }, 'file-33333333'] }), [
    'id file-11111111',
    'id file-33333333',
  ]);
});

test('idSpans: reads an event as it reads a text, and gives up where a text breaks off', () => {
  const event = 'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_11111111"}}\n\n';
  assert.equal(idSpans(bytesOf(event))[0]?.text, 'resp_11111111');
  assert.deepEqual(idSpans(bytesOf('{"id":"resp_11111111","previous_response_id":"resp_222')).length, 1);
  assert.deepEqual(idSpans(bytesOf('['.repeat(100_000))), []);
});

test('idSpans: what is replaced is replaced, and every other byte stays (seed 7)', () => {
  const json = fc.dictionary(
    fc.constantFrom('id', 'text', 'file_id', 'ids', 'note'),
    fc.oneof(fc.constantFrom('file-11111111', 'resp_22222222'), fc.string(), fc.array(fc.string())),
  );
  fc.assert(
    fc.property(fc.array(json), (value) => {
      const text = JSON.stringify(value);
      const bytes = bytesOf(text);
      const spans = idSpans(bytes);
      const same = replaceSpans(
        bytes,
        spans.map((span) => ({ ...span, bytes: bytesOf(span.text) })),
      );
      assert.equal(textOf(same), text);
      const other = textOf(
        replaceSpans(
          bytes,
          spans.map((span) => ({ ...span, bytes: bytesOf('new_44444444') })),
        ),
      );
      assert.equal(
        other.length - text.length,
        spans.reduce((sum, { text: id }) => sum + 12 - id.length, 0),
      );
      JSON.parse(other);
    }),
    { seed: 7 },
  );
});

test('idsInPath: the segments between the words of the paths', () => {
  assert.deepEqual(idsInPath('responses/resp_11111111/input_items'), ['resp_11111111']);
  assert.deepEqual(idsInPath('vector_stores/vs_1111111/files/file-2222222'), ['vs_1111111', 'file-2222222']);
  assert.deepEqual(idsInPath('fine_tuning/jobs'), []);
});

test('IdScan: in pieces, wherever they are cut, it finds what it finds in the whole (seed 17)', () => {
  const long = 'x'.repeat(2_000);
  const text = fc.constantFrom('resp_0123456789abcdef', 'file-0123456789', 'say \\" "', 'é', `${long}\\\\`, long);
  const key = fc.constantFrom('id', 'file_id', 'encrypted_content', 'text', 'é');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, fc.constant(null), fc.integer(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(value, fc.array(fc.nat(), { maxLength: 8 }), (json, marks) => {
      const bytes = new TextEncoder().encode(JSON.stringify(json));
      const cuts = marks.map((mark) => mark % (bytes.length + 1)).sort((a, b) => a - b);
      const scan = new IdScan();
      const found: IdSpan[] = [];
      let at = 0;
      for (const to of [...cuts, bytes.length]) {
        if (to < at) continue;
        const scanned = scan.scan(bytes, at, to);
        found.push(...scanned.spans);
        at = scanned.at;
      }
      assert.equal(at, bytes.length);
      assert.deepEqual(found, idSpans(bytes));
    }),
    { seed: 17, numRuns: 500 },
  );
});
