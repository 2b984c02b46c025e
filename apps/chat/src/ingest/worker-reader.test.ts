import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { WATCH_MS, WorkerReader } from './worker-reader.ts';

type Change = Omit<ConstructorParameters<typeof WorkerReader>[0], 'clock'>;

function readerOf(t: TestContext, change: Change = {}) {
  const clock = new FakeClock();
  const reader = new WorkerReader({ clock, ...change });
  t.after(() => reader.close());
  return { clock, reader };
}

/** A worker that does as the text it is given says. */
const OBEYS = `
const { parentPort } = require('node:worker_threads');
const held = [];
parentPort.on('message', ({ bytes }) => {
  const what = Buffer.from(bytes).toString();
  if (what === 'loop') for (;;);
  if (what === 'throw') throw new Error('secret');
  if (what === 'exit') process.exit(0);
  if (what === 'grow') for (;;) held.push(new Array(100_000).fill(held.length));
  parentPort.postMessage({ kind: 'refused', refusal: 'noText', message: what });
});`;
const OBEYING = new URL(
  `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(import.meta.url)});${OBEYS}`)}`,
);

test('WorkerReader: reads documents in its worker, one after the other', async (t) => {
  const { reader, clock } = readerOf(t);
  const [a, b] = await Promise.all([
    reader.read('a.md', Buffer.from('# T\n\nHello.')),
    reader.read('b.pdf', Buffer.from('no PDF')),
  ]);
  assert.ok(a.kind === 'read' && a.title === 'T');
  assert.ok(b.kind === 'refused' && b.refusal === 'unsupported');
  assert.equal(clock.pending, 0);
});

test('WorkerReader: one that does not come back is ended at its limit, and the next document is read', async (t) => {
  const { reader, clock } = readerOf(t, { script: OBEYING, readMsMax: 5_000 });
  const answer = reader.read('a.md', Buffer.from('loop'));
  await Promise.resolve();
  await Promise.resolve();
  clock.advance(4_999);
  assert.equal(clock.pending, 2, 'its limit, and the look at memory');
  clock.advance(1);
  assert.deepEqual(await answer, {
    kind: 'refused',
    refusal: 'timeout',
    message: 'not read within 5 seconds; split or simplify the document',
  });
  assert.deepEqual(await reader.read('b.md', Buffer.from('fine')), {
    kind: 'refused',
    refusal: 'noText',
    message: 'fine',
  });
});

test('WorkerReader: one that makes the process grow beyond the limit is ended', async (t) => {
  let bytes = 50e6;
  const { reader, clock } = readerOf(t, { script: OBEYING, growthMbMax: 10, memory: () => bytes });
  const answer = reader.read('a.md', Buffer.from('loop'));
  await Promise.resolve();
  await Promise.resolve();
  bytes += 10e6;
  clock.advance(3 * WATCH_MS);
  assert.equal(clock.pending, 2, 'as much as the limit is allowed');
  bytes += 1;
  clock.advance(WATCH_MS);
  assert.match(JSON.stringify(await answer), /tooLarge.*needs more memory/);
  assert.equal(clock.pending, 0);
});

const ENDS: ReadonlyArray<readonly [what: string, refusal: string, says: RegExp]> = [
  ['throw', 'damaged', /cannot be read/],
  ['exit', 'damaged', /ended early/],
  ['grow', 'tooLarge', /more memory than is given/],
];

for (const [what, refusal, says] of ENDS) {
  test(`WorkerReader: a worker that ends by "${what}" refuses its document and no other, and tells nothing of its error`, async (t) => {
    const { reader } = readerOf(t, { script: OBEYING, readerMbMax: 24 });
    const answer = await reader.read('a.md', Buffer.from(what));
    assert.ok(
      answer.kind === 'refused' && answer.refusal === refusal && says.test(answer.message),
      JSON.stringify(answer),
    );
    assert.equal((await reader.read('b.md', Buffer.from('fine'))).kind, 'refused');
  });
}
