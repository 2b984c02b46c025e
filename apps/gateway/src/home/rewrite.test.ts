import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EVENT_BYTES_MAX, EventWriter, IdWriter } from './rewrite.ts';
import { Seal } from './seal.ts';

const seal = new Seal(['key']);
const RESPONSE = 'resp_0123456789abcdef';
const SEALED = seal.seal(RESPONSE, 'openai1');

function writer(sealing: 'all' | 'contents' = 'all'): IdWriter {
  return new IdWriter(seal, 'openai1', sealing);
}

test('IdWriter: seals each id, and every other byte stays', () => {
  const before = `{ "id" :"${RESPONSE}", "unknown": [1.50, "é\\n"],"output":[]}`;
  assert.equal(writer().json(Buffer.from(before)).toString(), before.replace(RESPONSE, SEALED));
});

test('IdWriter: an answer without ids is the same buffer', () => {
  const bytes = Buffer.from('{"object":"list"}');
  assert.equal(writer().json(bytes), bytes);
});

test('IdWriter: of an answer that is not kept only contents are sealed', () => {
  const text = `{"id":"${RESPONSE}","output":[{"encrypted_content":"gAAAA"}]}`;
  const written = JSON.parse(writer('contents').json(Buffer.from(text)).toString());
  assert.equal(written.id, RESPONSE);
  assert.deepEqual(seal.openContent(written.output[0].encrypted_content), {
    kind: 'sealed',
    owner: 'openai1',
    id: 'gAAAA',
  });
});

const EVENTS = [
  `event: response.created\ndata: {"response":{"id":"${RESPONSE}"}}\n\n`,
  ': keep-alive\n\n',
  `data: {"item_id":"${RESPONSE}","delta":"id"}\r\n\r\n`,
  'data: [DONE]\n\n',
].join('');

test('EventWriter: whatever the chunks, the stream is the same with its ids sealed (seed 5)', () => {
  const bytes = Buffer.from(EVENTS);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
      const events = new EventWriter(writer());
      let out = '';
      let from = 0;
      for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
        out += events.add(bytes.subarray(from, to)).toString();
        from = to;
      }
      out += events.end().toString();
      assert.equal(out, EVENTS.replaceAll(RESPONSE, SEALED));
    }),
    { seed: 5 },
  );
});

test('EventWriter: an event goes out as soon as it is whole, and what has no end comes last', () => {
  const events = new EventWriter(writer());
  assert.equal(events.add(Buffer.from('data: {"a"')).length, 0);
  assert.equal(events.add(Buffer.from(':1}\n\ndata: {"id')).toString(), 'data: {"a":1}\n\n');
  assert.equal(events.end().toString(), 'data: {"id');
});

test('EventWriter: an event beyond the limit passes as it is', () => {
  const events = new EventWriter(writer());
  const chunk = Buffer.alloc(EVENT_BYTES_MAX / 4, 'x');
  let bytes = 0;
  for (let i = 0; i < 6; i++) bytes += events.add(chunk).length;
  assert.equal(bytes, chunk.length * 6);
  assert.equal(events.add(Buffer.from(`data: {"id":"${RESPONSE}"}\n\n`)).includes(SEALED), false);
});
