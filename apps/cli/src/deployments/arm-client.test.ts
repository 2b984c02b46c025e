import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import {
  ANSWER_BYTES_MAX,
  ArmClient,
  REQUEST_MS_MAX,
  RETRY_AFTER_MS_MAX,
  retryAfterMs,
  TRIES_MAX,
} from './arm-client.ts';
import { ArmFailure } from './arm-failure.ts';
import { endpointOf } from './endpoint.ts';
import { type Answer, FakeArm, HastyClock } from './testing/fake-arm.ts';

function clientOf(arm: FakeArm, clock = new HastyClock(), signal = new AbortController().signal): ArmClient {
  return new ArmClient(endpointOf(arm.url), { clock, authorize: () => Promise.resolve({ 'api-key': 'k' }), signal });
}

function code(wanted: string, text = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof ArmFailure);
    assert.equal(error.code, wanted);
    assert.match(error.message, text);
    return true;
  };
}

test('ArmClient: sends body and proof, and gives back the parsed answer', async () => {
  await using arm = await FakeArm.start(() => ({ status: 201, headers: { location: '/later' }, body: { name: 'a' } }));
  const answer = await clientOf(arm).send('PUT', '/a?api-version=1', { sku: 1 });
  assert.deepEqual([answer.status, answer.body, answer.header('Location')], [201, { name: 'a' }, '/later']);
  const [asked] = arm.asked;
  assert.deepEqual([asked?.method, asked?.path, asked?.body], ['PUT', '/a?api-version=1', { sku: 1 }]);
  assert.equal(asked?.headers['api-key'], 'k');
});

test('ArmClient: tries again what was refused for its rate, and a look that failed; never a change that may have begun', async () => {
  const rows: ReadonlyArray<readonly ['GET' | 'PUT', Answer, number, readonly number[]]> = [
    ['GET', { status: 429, headers: { 'retry-after': '7' } }, TRIES_MAX, [7_000, 7_000, 7_000]],
    ['GET', { status: 503 }, TRIES_MAX, [1_000, 2_000, 4_000]],
    ['PUT', { status: 429 }, TRIES_MAX, [1_000, 2_000, 4_000]],
    ['PUT', { status: 503 }, 1, []],
    ['GET', { status: 404 }, 1, []],
    ['GET', { status: 429, headers: { 'retry-after': `${RETRY_AFTER_MS_MAX / 1_000 + 1}` } }, 1, []],
  ];
  for (const [method, answer, tries, waitedMs] of rows) {
    await using arm = await FakeArm.start(() => answer);
    const clock = new HastyClock();
    await assert.rejects(clientOf(arm, clock).send(method, '/a'), code(`HTTP ${answer.status}`));
    assert.equal(arm.asked.length, tries, `${method} ${answer.status}`);
    assert.deepEqual(clock.waitedMs, waitedMs, `${method} ${answer.status}`);
  }
});

test('ArmClient: a link is followed at the endpoint alone, wherever it leads', async () => {
  await using arm = await FakeArm.start(() => ({ status: 200, body: {} }));
  const client = clientOf(arm);
  await client.follow('https://elsewhere.example.net/operations/1?api-version=2');
  await client.follow('/operations/2');
  await assert.rejects(client.follow('https://:x'), code('BadLink'));
  assert.deepEqual(
    arm.asked.map(({ path }) => path),
    ['/operations/1?api-version=2', '/operations/2'],
  );
});

test('ArmClient: what is no answer of a control plane is told as such', async () => {
  const rows: ReadonlyArray<readonly [Answer, string, RegExp]> = [
    [{ status: 200, body: '<html>' }, 'NoJson', /is not JSON/],
    [{ status: 502, body: '<html>' }, 'HTTP 502', /no more than this/],
    [{ status: 307, headers: { location: 'https://elsewhere.example.net/' } }, 'NotReached', /redirect/],
    [{ status: 200, body: `"${'x'.repeat(ANSWER_BYTES_MAX)}"` }, 'AnswerTooLong', /longer than 8388608 bytes/],
  ];
  for (const [answer, wanted, text] of rows) {
    await using arm = await FakeArm.start(() => answer);
    await assert.rejects(clientOf(arm).send('GET', '/a'), code(wanted, text));
  }
});

test('ArmClient: one that is not there, and one that stays silent, end with what to do', async () => {
  const gone = await FakeArm.start(() => null);
  await gone[Symbol.asyncDispose]();
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const refused = new ArmClient(
    { url: 'http://127.0.0.1:9', isAzure: false },
    { clock, authorize: async () => ({}), signal },
  );
  await assert.rejects(refused.send('GET', '/a'), code('NotReached', /is the simulator running\? spillway simulate/));

  const heard = Promise.withResolvers<void>();
  await using arm = await FakeArm.start(() => {
    heard.resolve();
    return null;
  });
  const silent = new ArmClient(endpointOf(arm.url), { clock, authorize: async () => ({}), signal });
  const sent = assert.rejects(silent.send('GET', '/a'), code('NoAnswer', /did not answer within 60 s/));
  await heard.promise;
  clock.advance(REQUEST_MS_MAX);
  await sent;
  assert.equal(clock.pending, 0);
});

test('ArmClient: ends on Ctrl-C, while it asks and while it waits', async () => {
  const stop = new AbortController();
  await using arm = await FakeArm.start(() => {
    stop.abort();
    return null;
  });
  const clock = new FakeClock();
  const client = new ArmClient(endpointOf(arm.url), { clock, authorize: async () => ({}), signal: stop.signal });
  const waits = client.sleep(5_000);
  await assert.rejects(client.send('GET', '/a'), code('Interrupted'));
  await assert.rejects(waits, code('Interrupted'));
  await assert.rejects(client.sleep(1), code('Interrupted'));
  assert.equal(clock.pending, 0);
});

test('retryAfterMs: reads seconds and dates, and nothing else', () => {
  const nowMs = Date.UTC(2026, 10, 21, 12);
  const rows: ReadonlyArray<readonly [string | null, number | null]> = [
    [null, null],
    ['', null],
    ['15', 15_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['9999999999', null],
  ];
  for (const [value, want] of rows) assert.equal(retryAfterMs({ header: () => value }, nowMs), want, String(value));
});
