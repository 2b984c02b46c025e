import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import {
  type Body,
  type BodyUp,
  cacheKeyIn,
  formFacts,
  headOf,
  idsIn,
  jsonFacts,
  modelBytes,
  replaced,
  SpooledBody,
} from './body.ts';
import { Look } from './look.ts';
import { Spool, type SpoolFile } from './spool.ts';

const SEED = 55;

async function fileOf(t: TestContext, bytes: Buffer): Promise<SpoolFile> {
  const file = await new Promise<SpoolFile>((resolve, reject) => {
    new Spool().open(tmpdir(), (error, opened) => (opened === null ? reject(error) : resolve(opened)));
  });
  t.after(() => file.release());
  await new Promise<void>((resolve) => file.write(bytes, 0, () => resolve()));
  return file;
}

async function spooled(t: TestContext, bytes: Buffer, type: string): Promise<SpooledBody> {
  const look = new Look({ type, isEncoded: false });
  look.add(bytes);
  return new SpooledBody(await fileOf(t, bytes), bytes.length, look.seen(look.isJson ? bytes : null));
}

async function sent(body: BodyUp): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  assert.equal(whole.length, body.length, 'as long as it says');
  return whole;
}

const JSON_BODY = Buffer.from(
  '{"stream":true,"model":"old","model":"chat","input":[{"type":"item_reference","id":"msg_swA0123456789"}],"store":false}',
);
const FORM_BODY = Buffer.from(
  '--b0\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF\0\xff\r\n--b0\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper\r\n--b0--\r\n',
  'latin1',
);

function told(body: Body): unknown {
  const last = jsonFacts(body)?.model.at(-1) ?? formFacts(body, 'b0')?.model.at(-1) ?? { start: 0, end: 0 };
  const [json, form, ids] = [jsonFacts(body), formFacts(body, 'b0'), idsIn(body)];
  return { json, form, ids, model: modelBytes(body, last).toString(), length: body.length };
}

test('SpooledBody: tells of JSON and of forms what the same bytes in memory tell', async (t) => {
  assert.deepEqual(told(await spooled(t, JSON_BODY, 'application/json')), told(JSON_BODY));
  assert.deepEqual(told(await spooled(t, FORM_BODY, 'multipart/form-data; boundary=b0')), told(FORM_BODY));
  assert.equal((await spooled(t, JSON_BODY, 'application/json')).seen.isMarked, true);
});

test('SpooledBody: has the key for the prompt cache that the same bytes in memory have', async (t) => {
  const bytes = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'word '.repeat(2_000) }] }));
  const keys = [bytes, await spooled(t, bytes, 'application/json')].map((body) => {
    const facts = jsonFacts(body);
    return facts === null ? null : cacheKeyIn(body, facts);
  });
  assert.equal(typeof keys[0], 'number');
  assert.equal(keys[1], keys[0]);
});

test('SpooledBody: can be sent any number of times', async (t) => {
  const body = await spooled(t, FORM_BODY, 'multipart/form-data; boundary=b0');
  assert.deepEqual(await sent(body), FORM_BODY);
  assert.deepEqual(await Promise.all([sent(body), sent(body)]), [FORM_BODY, FORM_BODY]);
});

test('SpooledBody: what is read at a time is bounded, and all of it arrives', async (t) => {
  const bytes = Buffer.alloc(300_000, 'abcdefg');
  const body = await spooled(t, bytes, 'application/octet-stream');
  let most = 0;
  for await (const chunk of body.open()) most = Math.max(most, chunk.length);
  assert.equal(most, 65_536);
  assert.deepEqual(await sent(body), bytes);
});

test('SpooledBody: a body that is released while it is sent breaks off, it does not end', async (t) => {
  const bytes = Buffer.alloc(300_000, 'x');
  const file = await fileOf(t, bytes);
  const body = new SpooledBody(file, bytes.length, new Look({ type: 'a/b', isEncoded: false }).seen(null));
  const reader = body.open();
  file.release();
  await assert.rejects(async () => {
    for await (const _ of reader);
  }, /not kept any more/);
});

test(`replaced: a body from a file is what the same body in memory becomes (seed ${SEED})`, async (t) => {
  const body = await spooled(t, JSON_BODY, 'application/json');
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: JSON_BODY.length }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.string({ maxLength: 9 }), async (places, text) => {
      const at = places.sort((a, b) => a - b);
      const replacements = at.flatMap((start, i) => {
        const end = at[i + 1];
        return i % 2 === 0 && end !== undefined ? [{ start, end, bytes: Buffer.from(text) }] : [];
      });
      assert.deepEqual(await sent(replaced(body, replacements)), await sent(replaced(JSON_BODY, replacements)));
    }),
    { seed: SEED, numRuns: 50 },
  );
});

test('headOf: the beginning of a file, all of what is in memory', async (t) => {
  const long = Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(10_000, 'x'), Buffer.from('"}')]);
  assert.equal(headOf(await spooled(t, long, 'application/json')).length, 4_096);
  assert.equal(headOf(long), long);
});
