import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Clock, FakeClock, systemClock } from '@spillway/clock';
import { StoreError } from '../store.ts';
import { openAzureSearch } from './azure-search.ts';
import { startService, type TestService } from './testing/service.ts';

const SAMPLES = { content: 'content', sourcePage: 'sourcepage', embedding: null, opensUnlisted: false };

function failureOf(service: TestService, clock: Clock = systemClock): Promise<unknown> {
  const settings = { endpoint: service.endpoint, index: 'index-1', credential: { key: service.key }, samples: SAMPLES };
  return openAzureSearch(settings, clock).then(
    () => null,
    (error: unknown) => error,
  );
}

const LATER = new Date(Date.now() + 3_600_000).toUTCString();
const WAITS = [
  { headers: { 'retry-after': '21' }, told: /it answered 503 and asks to wait 21 s; no more than 20 s are waited/ },
  { headers: { 'retry-after-ms': '20001' }, told: /asks to wait 21 s/ },
  { headers: { 'x-ms-retry-after-ms': '90000' }, told: /asks to wait 90 s/ },
  { headers: { 'retry-after': LATER }, told: /asks to wait 3[56]\d\d s/ },
];

for (const { headers, told } of WAITS) {
  test(`boundsOf: ${JSON.stringify(Object.keys(headers))} of more than 20 s is told, and not waited for`, async (t) => {
    const service = await startService();
    t.after(() => service.end());
    service.busyTimes = 1;
    service.busyHeaders = headers;
    const error = await failureOf(service);
    assert.ok(error instanceof StoreError);
    assert.match(error.message, told);
    assert.equal(service.requests.length, 1);
  });
}

test('boundsOf: a wait of 20 s is waited for, and then tried again', async (t) => {
  const service = await startService();
  t.after(() => service.end());
  t.mock.timers.enable({ apis: ['setTimeout'] });
  service.busyTimes = 1;
  service.busyHeaders = { 'retry-after': '20' };
  let isOver = false;
  const opened = failureOf(service).finally(() => {
    isOver = true;
  });
  while (service.busyTimes > 0) await setImmediate();
  while (!isOver) {
    await setImmediate();
    t.mock.timers.tick(1_000);
  }
  assert.equal(await opened, null);
  assert.ok(service.requests.length > 1);
});

test('boundsOf: an answer that does not come is given up after a minute, without another try', async (t) => {
  const service = await startService();
  t.after(() => service.end());
  const clock = new FakeClock();
  const asked = Promise.withResolvers<void>();
  service.hold = () => {
    asked.resolve();
    return new Promise(() => {});
  };
  let isOver = false;
  const failed = failureOf(service, clock).finally(() => {
    isOver = true;
  });
  await asked.promise;
  clock.advance(59_999);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  assert.equal(isOver, false);
  clock.advance(1);
  const error = await failed;
  assert.ok(error instanceof StoreError);
  assert.match(error.message, /^azure-search: opening failed \(no answer within 60 s\)/);
  assert.equal(service.requests.length, 1);
});
