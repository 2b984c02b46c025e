import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceSpans } from '@spillway/protocol';
import fc from 'fast-check';
import { Owners } from './owners.ts';
import { referencesOf } from './references.ts';
import { EVENT_BYTES_MAX, EventWriter, IdWriter, JSON_REST_BYTES_MAX, JsonWriter } from './rewrite.ts';
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

test('EventWriter: what is not to go out is left out, whatever the chunks', () => {
  const events = new EventWriter(null, (event) => event.includes('secret'));
  const out = ['data: a\n\ndata: sec', 'ret\n\ndata: b\n', '\ndata: c'].map((text) =>
    events.add(Buffer.from(text)).toString(),
  );
  assert.equal(out.join('') + events.end().toString(), 'data: a\n\ndata: b\n\ndata: c');
});

test('JsonWriter: a string without an end is waited for up to a limit, then everything passes', () => {
  const json = new JsonWriter(writer());
  const start = Buffer.from(`{"id":"${RESPONSE}","encrypted_content":"`);
  assert.equal(json.add(start).toString(), `{"id":"${SEALED}","encrypted_content":`);
  const chunk = Buffer.alloc(JSON_REST_BYTES_MAX / 4, 'x');
  let bytes = 0;
  for (let i = 0; i < 5; i++) bytes += json.add(chunk).length;
  assert.equal(bytes, chunk.length * 5 + 1);
  const rest = `","id":"${RESPONSE}"}`;
  assert.equal(json.add(Buffer.from(rest)).toString() + json.end().toString(), rest);
});

const ids = fc.stringMatching(/^(?:resp_|file-|vs_|batch_output-|rs_)[A-Za-z0-9]{12,40}$/);
const { answer } = fc.letrec((tie) => ({
  answer: fc.oneof(
    { maxDepth: 4 },
    ids,
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constant('x'.repeat(3_000)),
    fc.double({ noNaN: true }),
    fc.constantFrom(null, true, '\\', '"', 'swA', 'call_0123456789'),
    fc.array(tie('answer'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('id', 'file_id', 'vector_store_ids', 'call_id', 'encrypted_content', 'text', 'é'),
      tie('answer'),
      { maxKeys: 5 },
    ),
  ),
}));
const chunks = fc.array(fc.nat(), { maxLength: 8 });

function inPieces(bytes: Buffer, marks: readonly number[]): readonly Buffer[] {
  const cuts = marks.map((mark) => mark % (bytes.length + 1)).sort((a, b) => a - b);
  return [...cuts, bytes.length].map((to, i) => bytes.subarray(cuts[i - 1] ?? 0, to));
}

/** The text with every seal opened, as a request that holds it would go up. */
function opened(bytes: Buffer): string {
  const target = { dialect: 'v1', deployment: null, operation: 'responses' } as const;
  const references = referencesOf({ target, query: '', body: bytes, readable: true }, seal, new Owners());
  assert.equal(references.kind, 'found');
  const replacements = references.kind === 'found' ? references.replacements : [];
  return Buffer.from(replaceSpans(bytes, replacements)).toString();
}

test('JsonWriter: sealed in any pieces and opened again, an answer is what it was, byte for byte (seed 23)', () => {
  fc.assert(
    fc.property(answer, chunks, fc.boolean(), (value, marks, isSpaced) => {
      const text = JSON.stringify(value, null, isSpaced ? 2 : 0);
      const json = new JsonWriter(writer());
      const pieces = inPieces(Buffer.from(text), marks).map((piece) => json.add(piece));
      const sealed = Buffer.concat([...pieces, json.end()]);
      assert.equal(sealed.toString(), writer().json(Buffer.from(text)).toString());
      assert.equal(opened(sealed), text);
    }),
    { seed: 23, numRuns: 500 },
  );
});

test('EventWriter: sealed in any pieces and opened again, a stream is what it was, byte for byte (seed 24)', () => {
  const event = fc
    .tuple(answer, fc.constantFrom('\n', '\r\n'))
    .map(([value, end]) => `data: ${JSON.stringify(value)}${end}${end}`);
  fc.assert(
    fc.property(fc.array(event, { maxLength: 4 }), chunks, (events, marks) => {
      const stream = events.join('');
      const written = new EventWriter(writer());
      const pieces = inPieces(Buffer.from(stream), marks).map((piece) => written.add(piece));
      const sealed = Buffer.concat([...pieces, written.end()]);
      const back = sealed
        .toString()
        .split(/(?<=\n\r?\n)/)
        .map((each) => opened(Buffer.from(each)));
      assert.equal(back.join(''), stream);
    }),
    { seed: 24, numRuns: 300 },
  );
});
