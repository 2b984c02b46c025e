import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, HELLO, until, withSimulator } from '../testing.ts';

const ALL = '/admin/resources/openai1/deployments';
const CHAT = `${ALL}/chat`;
const PTU = { deployments: [{ name: 'chat', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 50 }] } as const;

async function done(bench: Bench, method: string, path: string, body?: unknown) {
  const answer = await bench.admin(method, path, body);
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return JSON.parse(answer.text);
}

test('admin deployments: the state tells limits, what the window has counted, and when it ends', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, max_tokens: 100 });
    bench.clock.advance(1500);
    await bench.chat({ ...HELLO, max_tokens: 10_000, n: 4 });
    const startMs = bench.clock.nowMs() - 1500;
    assert.deepEqual(await done(bench, 'GET', CHAT), {
      name: 'chat',
      model: 'gpt-4o',
      modelVersion: '2024-11-20',
      type: 'Standard',
      capacity: 30,
      options: { name: 'chat', model: 'gpt-4o', capacity: 30 },
      limits: { tokensPerMinute: 30_000, requestsPerMinute: 180, requestWindowMs: 10_000 },
      window: {
        tokens: 40_104,
        requests: 2,
        requestsInSlice: 2,
        requestsPerSlice: 30,
        endsAtMs: startMs + 60_000,
        sliceEndsAtMs: startMs + 10_000,
        throttledUntilMs: null,
        loweredUntilMs: null,
      },
      bucket: null,
      minutes: null,
      served: 1,
      refused: 1,
      active: 0,
    });
  }));

test('admin deployments: a throttled one refuses for so long, the others do not', () =>
  withSimulator(async (bench) => {
    await done(bench, 'POST', `${CHAT}/throttle`, { seconds: 7.5 });
    const refused = await bench.chat(HELLO);
    assert.deepEqual(
      [refused.status, refused.headers['retry-after'], refused.headers['retry-after-ms']],
      [429, '8', '7500'],
    );
    assert.equal((await done(bench, 'GET', CHAT)).window.throttledUntilMs, bench.clock.nowMs() + 7500);
    assert.equal((await done(bench, 'GET', `${ALL}/embedding`)).window.throttledUntilMs, null);
    bench.clock.advance(7500);
    assert.equal((await bench.chat(HELLO)).status, 200);
    await done(bench, 'POST', `${CHAT}/throttle`, { seconds: 86_400 });
    assert.equal((await bench.chat(HELLO)).status, 429);
    await done(bench, 'DELETE', `${CHAT}/throttle`);
    assert.equal((await bench.chat(HELLO)).status, 200);
  }));

test('admin deployments: a reset empties the window', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, max_tokens: 14_500, n: 2 });
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 14_500, n: 2 })).status, 429);
    const { window } = await done(bench, 'POST', `${CHAT}/reset`);
    assert.deepEqual([window.tokens, window.endsAtMs], [0, null]);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 14_500, n: 2 })).status, 200);
  }));

test('admin deployments: counters of a Standard one are set, each alone or both', () =>
  withSimulator(async (bench) => {
    const set = await done(bench, 'PUT', `${CHAT}/counters`, { tokens: 29_950 });
    assert.deepEqual([set.window.tokens, set.window.requests], [29_950, 0]);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 100 })).status, 429);
    await done(bench, 'PUT', `${CHAT}/counters`, { tokens: 0, requests: 5 });
    const answer = await bench.chat({ ...HELLO, max_tokens: 100 });
    assert.deepEqual([answer.status, answer.headers['x-ratelimit-remaining-requests']], [200, '174']);
  }));

test('admin deployments: the utilisation of a provisioned one is set, and drains', () =>
  withSimulator(async (bench) => {
    const { bucket } = await done(bench, 'PUT', `${CHAT}/counters`, { utilisation: 1.5 });
    assert.equal(bucket.utilisation, 1.5);
    const refused = await bench.chat(HELLO);
    assert.deepEqual(
      [refused.status, refused.headers['retry-after-ms'], refused.headers['azure-openai-deployment-utilization']],
      [429, '30000', '150%'],
    );
    bench.clock.advance(30_000);
    assert.equal((await bench.chat(HELLO)).status, 200);
  }, PTU));

test('admin deployments: a lower limit holds for so long, and shows in the headers', () =>
  withSimulator(async (bench) => {
    const { limits } = await done(bench, 'POST', `${CHAT}/lower`, { tokensPerMinute: 5000, seconds: 90 });
    assert.equal(limits.tokensPerMinute, 5000);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 100 })).headers['x-ratelimit-limit-tokens'], '5000');
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 6000 })).status, 429);
    bench.clock.advance(90_000);
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 6000 })).status, 200);
  }));

test('admin deployments: one is added, serves, and is removed while it runs', () =>
  withSimulator(async (bench) => {
    const added = await bench.admin('POST', ALL, { name: 'more', model: 'gpt-4o-mini', capacity: 10 });
    assert.equal(added.status, 201);
    assert.deepEqual(JSON.parse(added.text).limits.tokensPerMinute, 10_000);
    const url = bench.simulator.resources[0]?.url;
    const more = {
      method: 'POST',
      headers: { 'api-key': 'simulated-key-1' },
      body: JSON.stringify({ ...HELLO, model: 'more' }),
    };
    const asked = async (): Promise<number> => (await fetch(`${url}/openai/v1/chat/completions`, more)).status;
    assert.equal(await asked(), 200);
    assert.deepEqual(await done(bench, 'DELETE', `${ALL}/more`), { removed: 'more' });
    assert.equal(await asked(), 404);
    assert.equal((await bench.admin('GET', `${ALL}/more`)).status, 404);
  }));

test('admin deployments: a changed capacity acts at once, and counters go on', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, max_tokens: 10_000, n: 2 });
    const changed = await done(bench, 'PATCH', CHAT, { capacity: 50 });
    assert.deepEqual(
      [changed.limits.tokensPerMinute, changed.window.tokens, changed.served, changed.model],
      [50_000, 20_002, 1, 'gpt-4o'],
    );
    assert.equal((await bench.chat({ ...HELLO, max_tokens: 10_000, n: 2 })).status, 200);
    const { served, refused } = await done(bench, 'PATCH', CHAT, { capacity: 1, requestsPerMinute: 600 });
    assert.deepEqual([served, refused], [2, 0]);
    assert.equal((await bench.chat(HELLO)).status, 429);
    const back = await done(bench, 'PATCH', CHAT, { requestsPerMinute: null });
    assert.deepEqual([back.limits.requestsPerMinute, back.refused], [6, 1]);
  }));

test('admin deployments: a changed provisioned one keeps its tokens, and its throttle', () =>
  withSimulator(async (bench) => {
    await done(bench, 'PUT', `${CHAT}/counters`, { utilisation: 0.8 });
    await done(bench, 'POST', `${CHAT}/throttle`, { seconds: 60 });
    const { bucket } = await done(bench, 'PATCH', CHAT, { capacity: 100 });
    assert.deepEqual([bucket.utilisation, bucket.throttledUntilMs], [0.4, bench.clock.nowMs() + 60_000]);
  }, PTU));

test('admin deployments: one that changes its kind begins anew', () =>
  withSimulator(async (bench) => {
    await bench.chat({ ...HELLO, max_tokens: 10_000, n: 2 });
    const changed = await done(bench, 'PATCH', CHAT, { type: 'GlobalProvisionedManaged', capacity: 50 });
    assert.deepEqual([changed.window, changed.bucket.level, changed.served], [null, 0, 1]);
  }));

test('admin deployments: nothing spills over to one that is not there', () =>
  withSimulator(async (bench) => {
    const wrong = { type: 'ProvisionedManaged', capacity: 50, spilloverDeploymentName: 'nobody' };
    assert.equal((await bench.admin('PATCH', CHAT, wrong)).status, 400);
    await done(bench, 'POST', ALL, { name: 'spill', model: 'gpt-4o', capacity: 30 });
    await done(bench, 'PATCH', CHAT, { ...wrong, spilloverDeploymentName: 'spill' });
    const refused = await bench.admin('DELETE', `${ALL}/spill`);
    assert.equal(refused.status, 400);
    assert.match(JSON.parse(refused.text).error.message, /spilloverDeploymentName/);
  }));

const REFUSED: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, message: RegExp]> =
  [
    ['POST', ALL, undefined, 400, /body: is not a JSON object; send one/],
    [
      'POST',
      ALL,
      { name: 'a', capacity: '30' },
      400,
      /^model: is missing; add it; capacity: "30" is text, not a number; /,
    ],
    ['POST', ALL, { name: 'chat', model: 'gpt-4o', capacity: 1 }, 409, /name: "chat" is there already; PATCH it/],
    [
      'POST',
      ALL,
      { name: 'a b', model: 'gpt-4o', capacity: 0 },
      400,
      /name: "a b" is not a name; .*; capacity: 0 is not a number above 0/,
    ],
    [
      'PATCH',
      CHAT,
      { capacitiy: 1, type: 'Fast' },
      400,
      /type: "Fast" is not one of Standard, .*; capacitiy: is not a key here; did you mean capacity/,
    ],
    ['PATCH', CHAT, { name: 'other' }, 400, /name: is not a key here/],
    ['PATCH', CHAT, [], 400, /body: is not a JSON object/],
    ['PATCH', CHAT, { capacity: null }, 400, /capacity: is missing; add it/],
    ['PATCH', `${ALL}/none`, {}, 404, /"none" does not exist; there are chat, embedding/],
    ['POST', `${ALL}/none/reset`, undefined, 404, /"none" does not exist; there are chat, embedding/],
    ['POST', `${CHAT}/throttle`, undefined, 400, /seconds: is missing; give a number above 0/],
    ['POST', `${CHAT}/throttle`, { seconds: 0 }, 400, /seconds: 0 is not above 0/],
    ['POST', `${CHAT}/throttle`, { seconds: '5' }, 400, /seconds: "5" is not above 0/],
    ['POST', `${CHAT}/throttle`, { seconds: 86_401 }, 400, /at most 86400/],
    ['POST', `${CHAT}/lower`, { seconds: 5 }, 400, /tokensPerMinute: is missing; give a whole number above 0/],
    ['PUT', `${CHAT}/counters`, { utilisation: 1 }, 400, /utilisation: is unknown; known are tokens, requests/],
    ['PUT', `${CHAT}/counters`, { tokens: -1 }, 400, /tokens: -1 is not a whole number from 0/],
  ];

for (const [method, path, body, status, message] of REFUSED) {
  test(`admin deployments: ${method} ${path} with ${JSON.stringify(body) ?? 'nothing'} is refused with ${status}`, () =>
    withSimulator(async ({ admin }) => {
      const refused = await admin(method, path, body);
      assert.equal(refused.status, status, refused.errorCode ?? '');
      assert.match(JSON.parse(refused.text).error.errors.join('; '), message);
    }));
}

test('admin deployments: what a provisioned one does not have is refused', () =>
  withSimulator(async ({ admin }) => {
    const lower = await admin('POST', `${CHAT}/lower`, { tokensPerMinute: 1, seconds: 1 });
    assert.match(lower.text, /a provisioned deployment has no such limit; PATCH its capacity/);
    const counters = await admin('PUT', `${CHAT}/counters`, { tokens: 1 });
    assert.match(counters.text, /tokens: is unknown; known are utilisation/);
  }, PTU));

test('admin deployments: an answer under way when its deployment is changed ends there, and its estimate is settled', () =>
  withSimulator(
    async (bench) => {
      let leave = (): void => {};
      const asked = { ...HELLO, stream: true, max_tokens: 10_000, n: 2 };
      const answer = bench.chat(asked, { onRequest: (sent) => (leave = () => sent.destroy()) });
      await until('the wait for the first token began', () => bench.clock.pending === 1);
      const changed = await done(bench, 'PATCH', CHAT, { capacity: 100 });
      assert.equal(changed.active, 1);
      assert.ok(changed.bucket.level > 80_000);
      leave();
      await answer;
      await until('the request was over', () => bench.lines.length === 1);
      const after = await done(bench, 'GET', CHAT);
      assert.equal(after.active, 0);
      assert.ok(after.bucket.level < 100, `${after.bucket.level} tokens are still held`);
    },
    { ...PTU, latency: { firstTokenMs: 1000, perTokenMs: 10 } },
  ));
