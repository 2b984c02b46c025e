import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@spillway/clock';
import { rawServer } from './drive/testing.ts';
import { readLoad } from './options.ts';
import { type RunParts, startLoad } from './run.ts';
import type { LoadSpec } from './spec.ts';
import { FLAGS } from './testing/flags.ts';
import { specOf, targetOf } from './testing/spec.ts';

const OK =
  '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":30,"completion_tokens":10}}';

function answer(status: string, body = OK): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** @param of what the n-th request is answered with; null: nothing. */
async function served(t: TestContext, of: (n: number) => string | null) {
  const count = { of: 0 };
  const came = Promise.withResolvers<void>();
  const url = await rawServer(t, (socket) => {
    const text = of(count.of++);
    if (text !== null) socket.write(text);
    came.resolve();
  });
  return { url, count, came: came.promise };
}

function start(spec: LoadSpec, more: Partial<RunParts> = {}) {
  const notes: string[] = [];
  const parts: RunParts = {
    clock: systemClock,
    madeBy: 'test',
    told: {},
    prices: null,
    onLine: () => {},
    onNote: (note) => notes.push(note),
    ...more,
  };
  return { notes, ...startLoad(spec, parts) };
}

test('startLoad: what was sent is what is reported', async (t) => {
  const { url, count } = await served(t, (n) => answer(n === 3 ? '429 X' : '200 OK'));
  const seen: number[] = [];
  const prices = { currency: 'EUR', prompt: 1, cached: null, completion: 2, asOf: '2026-01-01' };
  const report = await start(specOf(url, { clients: 2 }), { prices, onResult: ({ status }) => seen.push(status) })
    .report;
  const [target] = report.targets;
  assert.deepEqual([count.of, seen.length, target?.calls.ok, target?.calls.throttled], [10, 10, 9, 1]);
  assert.deepEqual([target?.tokens.prompt, target?.tokens.completion], [270, 90]);
  assert.equal(report.cost?.amount.toFixed(8), ((270 + 180) / 1e6).toFixed(8));
  assert.deepEqual([report.stopped, report.isValid], ['ended', true]);
});

test('startLoad: each of two targets is asked with its own key, for its own deployment', async (t) => {
  process.env.TEST_KEY_ONE = 'key-one';
  process.env.TEST_KEY_TWO = 'key-two';
  t.after(() => {
    delete process.env.TEST_KEY_ONE;
    delete process.env.TEST_KEY_TWO;
  });
  const lets = (path: string, key: string) =>
    rawServer(t, (socket, text) => {
      const isIn = text.startsWith(`POST ${path}`) && text.includes(`\r\napi-key: ${key}\r\n`);
      socket.write(answer(isIn ? '200 OK' : '401 X'));
    });
  const endpoint = await lets('/openai/deployments/chat/', 'key-one');
  const against = await lets('/openai/v1/chat/', 'key-two');
  const run = async (againstKeyEnv: string) => {
    const own = { against, againstDeployment: 'other', againstDialect: 'v1', againstKeyEnv };
    const asked = { ...FLAGS, endpoint, apiKeyEnv: 'TEST_KEY_ONE', ...own, requests: '3', clients: '1' };
    const read = readLoad({ ...asked, shapeProfile: 'custom', contextTokens: '60' }, () => []);
    const { targets } = await start(read.kind === 'ok' ? read.spec : assert.fail(read.errors.join('\n'))).report;
    return targets.map(({ calls }) => [calls.ok, calls.refused]);
  };
  assert.deepEqual(
    [await run('TEST_KEY_TWO'), await run('TEST_KEY_ONE')],
    [
      [
        [3, 0],
        [3, 0],
      ],
      [
        [3, 0],
        [0, 3],
      ],
    ],
  );
  await assert.rejects(run('TEST_KEY_THREE'), /no key: TEST_KEY_THREE is not set.*--against-key-env/);
});

test('startLoad: interrupted once, calls under way end; the report is of what was measured', async (t) => {
  const { url, came } = await served(t, (n) => (n < 5 ? answer('200 OK') : null));
  const end = { requests: null, durationMs: 60_000, mode: 'or' } as const;
  const run = start(specOf(url, { end, drainMs: 100 }));
  await came;
  run.interrupt();
  const report = await run.report;
  assert.equal(report.stopped, 'interrupted');
  assert.ok((report.targets[0]?.calls.ok ?? 0) >= 1);
  assert.ok((report.targets[0]?.seconds ?? 99) < 10);
});

test('startLoad: interrupted twice, it ends at once', async (t) => {
  const { url, came } = await served(t, () => null);
  const end = { requests: null, durationMs: 60_000, mode: 'or' } as const;
  const run = start(specOf(url, { end, drainMs: 60_000, timeoutMs: 60_000 }));
  await came;
  run.interrupt();
  run.interrupt();
  const report = await run.report;
  assert.deepEqual([report.stopped, report.targets[0]?.calls.cancelled], ['interrupted', 1]);
});

test('startLoad: interrupted before it has begun, it sends nothing', async (t) => {
  for (const warmUpUntilThrottled of [false, true]) {
    const { url, count } = await served(t, () => answer('200 OK'));
    const run = start(specOf(url, { warmUpUntilThrottled }));
    run.interrupt();
    const report = await run.report;
    assert.deepEqual([report.stopped, count.of, report.targets[0]?.attempts], ['interrupted', 0, 0]);
  }
});

test('startLoad: warms up to the first 429, which is not measured', async (t) => {
  const { url, count } = await served(t, (n) => answer(n === 7 ? '429 X' : '200 OK'));
  const { report, notes } = start(specOf(url, { warmUpUntilThrottled: true }));
  const { targets, stopped } = await report;
  assert.deepEqual([targets[0]?.calls.ok, targets[0]?.calls.throttled, stopped], [10, 0, 'ended']);
  assert.ok(count.of >= 18);
  assert.match(notes.join(), /^warmed up: \d+ calls in 0 s, until the first 429$/);
});

test('startLoad: a warm-up in which nothing is answered ends the run, and says with what', async (t) => {
  const { url } = await served(t, () => answer('401 X', '{"error":{"code":"401"}}'));
  const { report } = start(specOf(url, { warmUpUntilThrottled: true }));
  await assert.rejects(report, /^RunError|warm-up: none of \d+ calls was answered, the last with status 401 \(401\)/);
});

test('startLoad: the warm-up spends of the budget too', async (t) => {
  const { url } = await served(t, () => answer('200 OK'));
  const end = { requests: null, durationMs: 60_000, mode: 'or' } as const;
  const spent: number[] = [];
  const spec = specOf(url, { warmUpUntilThrottled: true, totalTokensMax: 1_000, end });
  const { stopped } = await start(spec, { onResult: (result) => spent.push(result.promptTokens) }).report;
  assert.deepEqual([stopped, spent.length], ['tokens', 0]);
});

test('startLoad: a missing credential, or a prompt too short, is said before anything is sent', async (t) => {
  const { url, count } = await served(t, () => answer('200 OK'));
  const credential = { kind: 'key', header: 'api-key', variable: 'SPILLWAY_TEST_NOT_SET' } as const;
  await assert.rejects(
    start(specOf('', { targets: [targetOf(url, { credential })] })).report,
    /SPILLWAY_TEST_NOT_SET is not set/,
  );
  const prompts = { kind: 'generated', shape: 'custom', contextTokens: 3, cacheShare: 0 } as const;
  await assert.rejects(start(specOf(url, { prompts })).report, /a prompt of 3 tokens is too short/);
  assert.equal(count.of, 0);
});

test('startLoad: what was measured is not lost where Azure Monitor cannot be read', async (t) => {
  const { url } = await served(t, () => answer('200 OK'));
  const monitor = () => Promise.reject(new Error('offline'));
  const { monitor: view, warnings, targets } = await start(specOf(url), { monitor }).report;
  assert.deepEqual([view, targets[0]?.calls.ok], [null, 10]);
  assert.ok(warnings.includes('what Azure Monitor counted could not be read: offline'));
});

test('startLoad: a line a second, and phases in their order', async (t) => {
  const { url } = await served(t, () => answer('200 OK'));
  const pace = { kind: 'open', arrivals: { kind: 'constant', perMinute: 600 } } as const;
  const end = { requests: null, durationMs: 1_500, mode: 'or' } as const;
  const lines: (readonly [number, string, number])[] = [];
  const { targets } = await start(specOf(url, { pace, end, warmUpMs: 1_000 }), {
    onLine: ({ completed }, { phase, atMs }) => lines.push([Math.floor(atMs / 1_000), phase, completed]),
  }).report;
  assert.deepEqual(
    lines.map(([second, phase]) => [second, phase]),
    [
      [1, 'measure'],
      [2, 'measure'],
      [2, 'measure'],
    ],
  );
  assert.deepEqual([targets[0]?.calls.ok, lines.at(-1)?.[2], targets[0]?.seconds, targets[0]?.rpm], [15, 25, 1.5, 600]);
});

test('startLoad: says that the server fell behind where too many calls had to wait', async (t) => {
  const { url } = await served(t, () => null);
  const pace = { kind: 'open', arrivals: { kind: 'constant', perMinute: 6_000 } } as const;
  const end = { requests: null, durationMs: 300, mode: 'or' } as const;
  const { warnings, sender, targets } = await start(specOf(url, { pace, end, clients: 2, drainMs: 50 })).report;
  assert.deepEqual([sender.capped, sender.unsent, targets[0]?.calls.cancelled], [28, 28, 2]);
  assert.ok(warnings.some((text) => text.startsWith('28 calls waited for one of 2 clients')));
  assert.ok(warnings.some((text) => text.startsWith('28 calls were due and never sent')));
});

test('startLoad: the network is measured beside the latencies; what is adjusted stands besides, and only where it was asked for', async (t) => {
  const { url } = await served(t, () => answer('200 OK'));
  const connect: RunParts['connect'] = (_endpoint, _parts, done) => {
    queueMicrotask(() => done({ kind: 'connected', tcpMs: 3_600_000, tlsMs: null }));
    return { cancel: () => {} };
  };
  const [plain, less] = await Promise.all(
    [false, true].map((adjustForNetwork) => start(specOf(url, { adjustForNetwork }), { connect }).report),
  );
  const told = (report: typeof plain) => {
    const { network, adjusted, e2e } = report?.targets[0] ?? assert.fail('no target');
    return [network.connect.p50, adjusted.e2e.count, adjusted.e2e.p95, (e2e.p95 ?? 0) > 0];
  };
  assert.deepEqual(
    [told(plain), told(less)],
    [
      [3_600, 0, null, true],
      [3_600, 10, 0, true],
    ],
  );
});

test('startLoad: a target that cannot be connected to in time is told, and nothing is adjusted', async (t) => {
  const { url } = await served(t, () => answer('200 OK'));
  const connect: RunParts['connect'] = (_endpoint, { limitMs }, done) => {
    queueMicrotask(() => done({ kind: 'failed', why: `no connection within ${limitMs} ms` }));
    return { cancel: () => {} };
  };
  const { warnings, targets } = await start(specOf(url, { adjustForNetwork: true }), { connect }).report;
  assert.deepEqual([targets[0]?.adjusted.e2e.count, targets[0]?.calls.ok], [0, 10]);
  assert.match(
    warnings.join('\n'),
    /here: the network's own time is not known: one try to connect to 127\.0\.0\.1:\d+ failed, the last with: no connection within 2000 ms; nothing is adjusted/,
  );
});
