import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { ADMIN_BODY_BYTES_MAX } from './admin.ts';
import { type Bench, HELLO, STREAM, withSimulator } from './testing.ts';

const CHAT = '/admin/resources/openai1/deployments/chat';

async function state(bench: Bench) {
  return JSON.parse((await bench.admin('GET', '/admin/resources')).text).resources[0];
}

test('admin: the state tells limits, what the window has counted, and when it ends', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, max_tokens: 100 });
    bench.clock.advance(1500);
    await bench.chat({ ...HELLO, max_tokens: 40_000 });
    const { deployments, ...resource } = await state(bench);
    assert.deepEqual(resource, {
      name: 'openai1',
      url: bench.simulator.resources[0]?.url,
      region: 'East US',
      running: true,
    });
    const startMs = bench.clock.nowMs() - 1500;
    assert.deepEqual(deployments[0], {
      name: 'chat',
      model: 'gpt-4o',
      modelVersion: '2024-11-20',
      type: 'Standard',
      capacity: 30,
      tokensPerMinute: 30_000,
      requestsPerMinute: 180,
      requestWindowMs: 10_000,
      window: {
        tokens: 40_104,
        requests: 2,
        requestsInSlice: 2,
        requestsPerSlice: 30,
        endsAtMs: startMs + 60_000,
        sliceEndsAtMs: startMs + 10_000,
        throttledUntilMs: null,
      },
      served: 1,
      refused: 1,
    });
  }));

test('admin: a throttled deployment refuses for so long, the others do not', () =>
  withSimulator(async (bench) => {
    assert.equal((await bench.admin('POST', `${CHAT}/throttle`, { seconds: 7.5 })).status, 200);
    const refused = await bench.chat(HELLO);
    assert.deepEqual(
      [refused.status, refused.headers['retry-after'], refused.headers['retry-after-ms']],
      [429, '8', '7500'],
    );
    assert.equal((await state(bench)).deployments[0].window.throttledUntilMs, bench.clock.nowMs() + 7500);
    assert.equal((await state(bench)).deployments[1].window.throttledUntilMs, null);
    bench.clock.advance(7500);
    assert.equal((await bench.chat(HELLO)).status, 200);
  }));

test('admin: a reset empties the window', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, max_tokens: 29_000 });
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 29_000 })).status, 429);
    const { window } = JSON.parse((await bench.admin('POST', `${CHAT}/reset`)).text);
    assert.deepEqual([window.tokens, window.endsAtMs], [0, null]);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 29_000 })).status, 200);
  }));

test('admin: a stopped resource refuses connections and drops those it had; started, it is back on its port with its counters', () =>
  withSimulator(
    async (bench) => {
      const stream = bench.chat(STREAM);
      while (bench.clock.pending === 0) await new Promise(setImmediate);
      const stopped = JSON.parse((await bench.admin('POST', '/admin/resources/openai1/stop')).text);
      assert.equal(stopped.running, false);
      assert.equal((await stream).whole, false);
      assert.equal(bench.lines[0]?.status, 499);
      assert.equal((await bench.chat(HELLO)).errorCode, 'ECONNREFUSED');
      assert.equal((await bench.admin('POST', '/admin/resources/openai1/stop')).status, 200);
      const started = JSON.parse((await bench.admin('POST', '/admin/resources/openai1/start')).text);
      assert.deepEqual([started.running, started.url], [true, stopped.url]);
      assert.equal((await bench.admin('POST', '/admin/resources/openai1/start')).status, 200);
      assert.equal((await bench.chat({ ...HELLO, max_tokens: 40_000 })).status, 429);
      assert.equal((await state(bench)).deployments[0].served, 1);
    },
    { latency: { firstTokenMs: 1000, perTokenMs: 10 } },
  ));

test('admin: a resource whose port was taken meanwhile says so and stays stopped', () =>
  withSimulator(async (bench) => {
    await bench.admin('POST', '/admin/resources/openai1/stop');
    const port = Number(new URL(bench.simulator.resources[0]?.url ?? '').port);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const refused = await bench.admin('POST', '/admin/resources/openai1/start');
    assert.equal(refused.status, 409);
    assert.match(JSON.parse(refused.text).error.message, new RegExp(`port ${port} .* is taken`));
    await new Promise((resolve) => other.close(resolve));
    assert.equal((await bench.admin('POST', '/admin/resources/openai1/start')).status, 200);
  }));

test('admin: faults are added, shown, and removed one by one or all', () =>
  withSimulator(async (bench) => {
    const first = JSON.parse((await bench.admin('POST', '/admin/faults', { kind: 'status', status: 503 })).text);
    const second = JSON.parse((await bench.admin('POST', '/admin/faults', { kind: 'hang', times: null })).text);
    assert.deepEqual([first.hits, first.spec.status, second.spec.times], [0, 503, null]);
    assert.equal((await bench.chat(HELLO)).status, 503);
    assert.equal(JSON.parse((await bench.admin('GET', `/admin/faults/${first.id}`)).text).hits, 1);
    assert.equal((await bench.admin('DELETE', `/admin/faults/${second.id}`)).status, 200);
    assert.equal((await bench.admin('GET', `/admin/faults/${second.id}`)).status, 404);
    assert.equal((await bench.chat(HELLO)).status, 200);
    assert.equal(JSON.parse((await bench.admin('GET', '/admin/faults')).text).faults.length, 1);
    assert.deepEqual(JSON.parse((await bench.admin('DELETE', '/admin/faults')).text), { removed: [first.id] });
    assert.deepEqual(JSON.parse((await bench.admin('GET', '/admin/faults')).text), { faults: [] });
  }));

test('admin: the journal shows what came, with its secrets masked', () =>
  withSimulator(async (bench) => {
    await bench.chat(HELLO, {
      headers: {
        'api-key': 'simulated-key-1',
        authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9',
        cookie: 'a=b',
        'x-mine': '7',
      },
    });
    const journal = await bench.admin('GET', '/admin/journal');
    const [entry] = JSON.parse(journal.text).requests;
    assert.equal(entry.apiKey, 'sim…-1');
    assert.equal(entry.authorization, 'Bearer eyJ…J9');
    assert.equal(entry.headers['x-mine'], '7');
    assert.equal(entry.query, 'api-version=2024-10-21');
    assert.deepEqual([entry.status, entry.deployment, entry.resource], [200, 'chat', 'openai1']);
    for (const secret of ['simulated-key-1', 'eyJhbGci', 'a=b']) assert.ok(!journal.text.includes(secret));
  }));

const REFUSED: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, message: RegExp]> =
  [
    ['GET', '/admin', undefined, 404, /no such route; there are GET \/admin\/resources, POST/],
    ['PUT', '/admin/faults', {}, 405, /takes POST, GET, DELETE, not PUT/],
    ['POST', '/admin/faults', '{"kind":', 400, /body: is not JSON/],
    ['POST', '/admin/faults', undefined, 400, /body: expected a JSON object/],
    [
      'POST',
      '/admin/faults',
      { kind: 'hang', resource: 'openai7' },
      400,
      /resource: "openai7" is no resource; there are openai1/,
    ],
    ['POST', '/admin/faults', 'x'.repeat(ADMIN_BODY_BYTES_MAX + 1), 413, /larger than/],
    ['GET', '/admin/faults/fault-9', undefined, 404, /"fault-9" does not exist/],
    ['DELETE', '/admin/faults/fault-9', undefined, 404, /"fault-9" does not exist/],
    ['POST', '/admin/resources/openai7/stop', undefined, 404, /"openai7" does not exist; there are openai1/],
    ['POST', '/admin/resources/%zz/start', undefined, 404, /"%zz" does not exist/],
    [
      'POST',
      '/admin/resources/openai1/deployments/none/reset',
      undefined,
      404,
      /"none" does not exist; there are chat, embedding/,
    ],
    ['POST', `${CHAT}/throttle`, undefined, 400, /seconds: nothing is not above 0/],
    ['POST', `${CHAT}/throttle`, { seconds: 0 }, 400, /seconds: 0 is not above 0/],
    ['POST', `${CHAT}/throttle`, { seconds: '5' }, 400, /seconds: "5" is not above 0/],
    ['POST', `${CHAT}/throttle`, { seconds: 86_401 }, 400, /at most 86400/],
  ];

for (const [method, path, body, status, message] of REFUSED) {
  test(`admin: ${method} ${path} with ${JSON.stringify(body)?.slice(0, 40) ?? 'nothing'} is refused with ${status}`, () =>
    withSimulator(async ({ admin }) => {
      const refused = await admin(method, path, body);
      assert.equal(refused.status, status, refused.errorCode ?? '');
      const { error } = JSON.parse(refused.text);
      assert.match(error.message, message);
      assert.ok(error.errors.length > 0 && error.code !== '');
    }));
}
