import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { EXIT, UsedWrongly } from '../exit.ts';
import { RECORD_BYTES_MAX } from '../explain/source.ts';
import { testRecord } from '../explain/testing/record.ts';
import { type ExplainFlags, type ExplainReport, explain } from './explain.ts';

const FLAGS: ExplainFlags = { admin: 'http://127.0.0.1:1' };

async function* inPieces(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text.slice(0, 5));
  yield Buffer.from(text.slice(5));
}

function heldIo(input = '') {
  const written = { out: '', err: '' };
  return {
    written,
    input: inPieces(input),
    out: (text: string) => {
      written.out += text;
    },
    err: (text: string) => {
      written.err += text;
    },
  };
}

/** An admin port that answers each path with what the table says; else 404 in our shape. */
async function admin(
  t: TestContext,
  answers: Readonly<Record<string, unknown>>,
): Promise<{ url: string; keys: string[] }> {
  const keys: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    keys.push(String(headers['api-key']));
    const known = Object.hasOwn(answers, url);
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? answers[url] : { error: { code: 'DecisionNotFound', message: 'Not kept.' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { url: `http://127.0.0.1:${address.port}`, keys };
}

const reportOf = (text: string): ExplainReport => JSON.parse(text);

test('explain: tells the story of a record that came in, and that its choices come out the same', async () => {
  const io = heldIo(JSON.stringify(testRecord()));
  assert.equal(await explain(undefined, { ...FLAGS, record: '-' }, io), EXIT.done);
  assert.match(io.written.out, /^Request {2}2f0c8a3e.*\nReplayed: same choice, 3 times, bit for bit/s);
  assert.equal(io.written.err, '');
});

test('explain: --json says it all, and what it said is a record to read again', async () => {
  const first = heldIo(JSON.stringify(testRecord()));
  await explain(undefined, { ...FLAGS, record: '-', json: true }, first);
  assert.deepEqual(reportOf(first.written.out), { record: testRecord(), same: true, mismatches: [] });
  const again = heldIo(first.written.out);
  assert.equal(await explain(undefined, { ...FLAGS, record: '-' }, again), EXIT.done);
});

test('explain: a record that was changed is told as a mismatch, with exit 1', async () => {
  for (const json of [false, true]) {
    const io = heldIo(JSON.stringify({ ...testRecord(), client: 'somebody-else' }));
    assert.equal(await explain(undefined, { ...FLAGS, record: '-', json }, io), EXIT.failed);
    if (json)
      assert.deepEqual(
        reportOf(io.written.out).mismatches.map(({ place }) => place),
        ['digest'],
      );
    else assert.match(io.written.out, /Replayed: 1 mismatch\n {2}digest: recorded "sha256:/);
  }
});

test('explain: asks the admin port for the id, or for the newest, with the key', async (t) => {
  const record = testRecord();
  const { url, keys } = await admin(t, {
    '/admin/decisions?limit=1': { decisions: [{ requestId: 'a/b' }] },
    '/admin/decisions/a%2Fb': record,
  });
  for (const [id, flags] of [
    ['a/b', {}],
    [undefined, { last: true }],
  ] as const) {
    const io = heldIo();
    assert.equal(await explain(id, { admin: `${url}/`, adminKey: 'secret', ...flags }, io), EXIT.done, io.written.err);
    assert.match(io.written.out, /^Request {2}2f0c8a3e/);
  }
  assert.deepEqual(keys, ['secret', 'secret', 'secret']);
  const unknown = heldIo();
  assert.equal(await explain('other', { admin: url }, unknown), EXIT.failed);
  assert.equal(unknown.written.err, `error: ${url} answered 404: Not kept.\n`);
});

test('explain: a gateway that keeps nothing yet is told from one that does not answer', async (t) => {
  const { url } = await admin(t, { '/admin/decisions?limit=1': { decisions: [] } });
  const empty = heldIo();
  assert.equal(await explain(undefined, { admin: url, last: true }, empty), EXIT.failed);
  assert.match(empty.written.err, /keeps no decision yet; send a request.*explain\.recordsMax/);
  const nobody = heldIo();
  assert.equal(await explain('id', FLAGS, nobody), EXIT.failed);
  assert.match(nobody.written.err, /^error: http:\/\/127\.0\.0\.1:1 does not answer \(.+\); start the gateway/);
});

const UNREADABLE: ReadonlyArray<readonly [name: string, input: string, message: RegExp]> = [
  ['is no JSON', 'x', /^error: standard input: what is there is no JSON; give what GET \/admin\/decisions/],
  [
    'is no record',
    '{"version":1}',
    /^error: standard input: what is there is no record of a decision: requestId: nothing is not a text; give what GET/,
  ],
  ['is of a later version', '{"version":2}', /version: 2 is not 1; read it with the spillway that wrote it/],
  ['is larger than the limit', ' '.repeat(RECORD_BYTES_MAX + 1), /larger than 16777216 bytes/],
];

for (const [name, input, message] of UNREADABLE) {
  test(`explain: what ${name} is refused with what to do`, async () => {
    const io = heldIo(input);
    assert.equal(await explain(undefined, { ...FLAGS, record: '-' }, io), EXIT.failed);
    assert.match(io.written.err, message);
    assert.equal(io.written.out, '');
  });
}

test('explain: a file that is not there is told by its name', async () => {
  const io = heldIo();
  assert.equal(await explain(undefined, { ...FLAGS, record: '/nowhere/record.json' }, io), EXIT.failed);
  assert.match(io.written.err, /^error: \/nowhere\/record\.json cannot be read: ENOENT/);
});

test('explain: exactly one thing says which decision, and the address is one', async () => {
  const wrong: ReadonlyArray<readonly [string | undefined, Partial<ExplainFlags>, RegExp]> = [
    [undefined, {}, /nothing says which decision; give a request id/],
    ['id', { last: true }, /more than one thing says which/],
    ['id', { admin: 'ftp://x' }, /--admin "ftp:\/\/x" is no http\(s\) address/],
    ['id', { admin: 'x' }, /--admin "x" is no http/],
  ];
  for (const [id, flags, message] of wrong) {
    await assert.rejects(
      async () => explain(id, { ...FLAGS, ...flags }, heldIo()),
      (error) => {
        assert.ok(error instanceof UsedWrongly);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});
