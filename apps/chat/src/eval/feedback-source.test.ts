import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { fakeGateway, json } from '../models/testing.ts';
import { EvaluationError } from './evaluate.ts';
import { CALL_MS_MAX, CONVERSATION_BYTES_MAX, conversationsOf } from './feedback-source.ts';

const TURN = { id: 't', replaces: null, question: 'A dog?', answer: '9', feedback: null, events: [] };
const VIEW = { conversation: { id: 'c 1' }, turns: [TURN], answering: null };
const headers = { authorization: 'Bearer the-key' };

const from = (source: string, clock = new FakeClock(0)) => conversationsOf({ from: source, headers, clock });

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-feedback-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'conversation.json'), text);
  return join(folder, 'conversation.json');
}

test('conversationsOf: reads those of an app that the key may read, one by one', async (t) => {
  const app = await fakeGateway(t, ({ path }, out) =>
    json(out, 200, path.includes('?') ? { conversations: [{ id: 'c 1' }] } : VIEW),
  );
  assert.deepEqual(
    (await from(`${app.url}/docs`)).map(({ turns }) => turns[0]?.question),
    ['A dog?'],
  );
  assert.deepEqual(
    app.asked.map(({ path, headers: sent }) => [path, sent.authorization]),
    [
      ['/docs/api/conversations?limit=200', 'Bearer the-key'],
      ['/docs/api/conversations/c%201', 'Bearer the-key'],
    ],
  );
});

test('conversationsOf: reads an exported one', async (t) => {
  assert.equal((await from(file(t, JSON.stringify(VIEW)))).length, 1);
});

test('conversationsOf: a file may be as large as the limit, and no larger', async (t) => {
  const path = file(t, JSON.stringify(VIEW).padEnd(CONVERSATION_BYTES_MAX));
  assert.equal((await from(path)).length, 1);
  truncateSync(path, CONVERSATION_BYTES_MAX + 1);
  await assert.rejects(from(path), /above 16777216 bytes/);
});

test('conversationsOf: what cannot be read is told with the way out, and never the key', async (t) => {
  const refusing = await fakeGateway(t, (_, out) => json(out, 401, {}));
  const strange = await fakeGateway(t, (_, out) => json(out, 200, { conversations: 7 }));
  const large = await fakeGateway(t, (_, out) => {
    out.writeHead(200).end('x'.repeat(CONVERSATION_BYTES_MAX + 1));
  });
  const rows: ReadonlyArray<readonly [source: string, want: RegExp]> = [
    [refusing.url, /HTTP 401; check the address, and the key in SPILLWAY_CHAT_KEY/],
    [strange.url, /no conversation of this version/],
    [large.url, /above 16777216 bytes/],
    ['http://127.0.0.1:1', /fetch failed: bad port; check the address/],
    [join(tmpdir(), 'is-not-there.json'), /ENOENT.*exported as JSON/],
    [file(t, '{'), /export it as JSON/],
  ];
  for (const [source, want] of rows) {
    const error = await from(source).catch((reason: unknown) => reason);
    assert.ok(error instanceof EvaluationError, source);
    assert.match(error.message, want);
    assert.doesNotMatch(error.message, /the-key/);
  }
});

test('conversationsOf: an app that falls silent is given up', async (t) => {
  const clock = new FakeClock(0);
  const { promise: isAsked, resolve } = Promise.withResolvers<void>();
  const silent = await fakeGateway(t, () => resolve());
  const reading = from(silent.url, clock);
  const refused = assert.rejects(reading, /no answer within 30 s/);
  await isAsked;
  clock.advance(CALL_MS_MAX);
  await refused;
});
