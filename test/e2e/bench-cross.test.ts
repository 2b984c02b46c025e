/**
 * The load generator against servers whose behaviour is known, over real sockets: the ancestor's tests and its measured defects
 * (simulator reference §2.7, §2.11), and the simulator's limits. What waits most is run side by side.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { suite, type TestContext, test } from 'node:test';
import {
  type CallResult,
  type Line,
  type LoadRun,
  type LoadSpec,
  type Progress,
  type RunReport,
  startLoad,
} from '@spillway/bench';
import { systemClock } from '@spillway/clock';
import { type DeploymentOptions, type Simulator, startSimulator } from '@spillway/simulator';
import { answerOf, evenly, specOf as smallSpec, targetOf } from '../../apps/bench/src/testing/spec.ts';
import { measuredSteadily } from '../steady.ts';

const KEY_VARIABLE = 'SPILLWAY_BENCH_CROSS_KEY';
process.env[KEY_VARIABLE] = 'simulated-key-1';

/** Ended by each test itself; a simulator may be among those that are asked. */
function specOf(endpoint: string, of: Partial<LoadSpec>): LoadSpec {
  const credential = { kind: 'key', header: 'api-key', variable: KEY_VARIABLE } as const;
  return smallSpec(endpoint, {
    targets: [targetOf(endpoint, { credential })],
    answer: ANSWER,
    end: { requests: null, durationMs: null, mode: 'or' },
    drainMs: 20_000,
    timeoutMs: 60_000,
    ...of,
  });
}

const ANSWER = answerOf({ tokensMax: null });
const calls = (requests: number): LoadSpec['end'] => ({ requests, durationMs: null, mode: 'or' });
const seconds = (count: number): LoadSpec['end'] => ({ requests: null, durationMs: count * 1_000, mode: 'or' });

interface Ran {
  readonly report: RunReport;
  readonly of: RunReport['targets'][number];
  readonly results: readonly CallResult[];
  readonly line: Line | null;
  readonly notes: readonly string[];
}

async function ran(spec: LoadSpec, started: (run: LoadRun) => void = () => {}): Promise<Ran> {
  const results: CallResult[] = [];
  const lines: (readonly [Line, Progress])[] = [];
  const notes: string[] = [];
  const run = startLoad(spec, {
    clock: systemClock,
    madeBy: 'test',
    told: {},
    prices: null,
    onLine: (line, progress) => lines.push([line, progress]),
    onResult: (result) => results.push(result),
    onNote: (note) => notes.push(note),
  });
  started(run);
  const report = await run.report;
  const [of] = report.targets;
  assert.ok(of !== undefined);
  return { report, of, results, line: lines.at(-1)?.[0] ?? null, notes };
}

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

/** What these servers take is what is measured: the only real time that is waited for here. */
function after(delayMs: number, run: () => void): void {
  systemClock.after(delayMs, run);
}

/** Answers when a request has come as a whole. */
async function server(t: TestContext, handler: Handler): Promise<string> {
  const listening = createServer((request, response) => {
    request.resume().on('end', () => handler(response, request));
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.after(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const STREAM = { 'content-type': 'text/event-stream' };
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const choice = (delta: object, reason: string | null = null): string =>
  event({ choices: [{ index: 0, delta, finish_reason: reason }] });
const ONE_WORD = `${choice({ content: 'word' })}${choice({}, 'stop')}data: [DONE]\n\n`;

function answer(response: ServerResponse): void {
  response.writeHead(200, STREAM).end(ONE_WORD);
}

async function simulated(
  t: TestContext,
  deployment: Pick<DeploymentOptions, 'type' | 'capacity'>,
): Promise<[Simulator, string]> {
  const simulator = await startSimulator({
    port: 0,
    resources: [
      {
        name: 'openai1',
        port: 0,
        key: 'simulated-key-1',
        latency: { firstTokenMs: 0, perTokenMs: 0 },
        deployments: [{ name: 'chat', model: 'gpt-4o', modelVersion: '2024-11-20', ...deployment }],
      },
    ],
  });
  t.after(() => simulator.close());
  return [simulator, simulator.resources[0]?.url ?? ''];
}

/** Standing still for longer shows in what is measured here. */
const STEADY = { stillMsMax: 150 };

const TEN_TOKENS = { ...ANSWER, tokensMax: 10 };

// What takes seconds, mostly of waiting: side by side. A run that starts costs its neighbours some tens of milliseconds.
suite('bench cross-checks that wait', { concurrency: 4 }, () => {
  test('startLoad: a server frozen for 10 s shows from the intended moment, which a closed loop hides', async (t) => {
    const WORK_MS = 200;
    const [FROM_MS, TO_MS] = [4_300, 14_300];
    /** When work that begins at a moment is done: it stands still while the server is frozen. */
    const doneMs = (atMs: number): number => {
      if (atMs + WORK_MS <= FROM_MS || atMs >= TO_MS) return atMs + WORK_MS;
      return TO_MS + WORK_MS - Math.max(0, FROM_MS - atMs);
    };
    const frozen = () => {
      let beganMs: number | null = null;
      return server(t, (response) => {
        beganMs ??= systemClock.nowMs();
        const atMs = systemClock.nowMs() - beganMs;
        after(doneMs(atMs) - atMs, () => answer(response));
      });
    };
    const both = await measuredSteadily(t, STEADY, async () =>
      Promise.all([
        ran(specOf(await frozen(), { pace: evenly(240), clients: 100, end: seconds(30) })),
        ran(specOf(await frozen(), { end: seconds(30) })),
      ]),
    );
    if (both === null) return;
    const [open, closed] = both;
    t.diagnostic(
      `open: p95 ${open.of.e2eIntended.p95} s, mean ${open.of.e2eIntended.avg} s of ${open.of.calls.ok} calls`,
    );
    t.diagnostic(`closed: p95 ${closed.of.e2eIntended.p95} s of ${closed.of.calls.ok} calls`);
    assert.equal(open.of.calls.ok, 120);
    assert.ok(Math.abs((open.of.e2eIntended.p95 ?? 0) - 8.5) <= 0.5, `p95 ${open.of.e2eIntended.p95}`);
    assert.ok(Math.abs((open.of.e2eIntended.avg ?? 0) - 1.9) <= 0.2, `mean ${open.of.e2eIntended.avg}`);
    const delayed = open.results.filter(({ intendedMs, endMs }) => endMs - intendedMs > 1_200).length;
    assert.ok(delayed >= 35 && delayed <= 40, `${delayed} arrivals were delayed by more than a second`);
    assert.ok((closed.of.e2e.p95 ?? 99) < 1, `closed loop: p95 ${closed.of.e2e.p95}`);
    assert.ok(closed.of.calls.ok < 105);
  });

  test('startLoad: a few clients in open loop wait in line, and it shows in the same figure', async (t) => {
    // Two calls a second on a server that takes one second each, one client: the line grows by one a second.
    const url = await server(t, (response) => after(1_000, () => answer(response)));
    const run = await measuredSteadily(t, STEADY, () => ran(specOf(url, { pace: evenly(120), end: calls(6) })));
    if (run === null) return;
    const { of, report } = run;
    assert.deepEqual([of.calls.ok, report.sender.capped], [6, 5]);
    assert.ok(Math.abs((of.e2eIntended.max ?? 0) - 3.5) < 0.5, `${of.e2eIntended.max}`);
    assert.ok((of.e2e.max ?? 99) < 2);
  });

  // The first goes at once and the others evenly behind it: no second is free, as the ancestor's was (4.0 s there).
  for (const clients of [1, 10]) {
    test(`startLoad: 10 calls at 2 per second leave within 4.5 s, with ${clients} clients`, async (t) => {
      const url = await server(t, answer);
      const spec = specOf(url, { pace: evenly(120), clients, end: calls(10) });
      const run = await measuredSteadily(t, STEADY, () => ran(spec));
      if (run === null) return;
      const { results } = run;
      const due = results.map(({ intendedMs }) => intendedMs);
      assert.equal(results.length, 10);
      assert.ok(Math.abs(Math.max(...due) - Math.min(...due) - 4_500) < 1, `${due}`);
      const late = results.map(({ sentMs, intendedMs }) => sentMs - intendedMs);
      assert.ok(Math.min(...late) >= 0 && Math.max(...late) < 500, `${late}`);
    });
  }

  test('startLoad: in closed loop 5 calls of 1 s by one client take 5 s', async (t) => {
    const url = await server(t, (response) => after(1_000, () => answer(response)));
    const run = await measuredSteadily(t, STEADY, () => ran(specOf(url, { end: calls(5) })));
    if (run === null) return;
    const { results } = run;
    const tookMs = Math.max(...results.map(({ endMs }) => endMs)) - Math.min(...results.map(({ sentMs }) => sentMs));
    assert.ok(tookMs >= 5_000 && tookMs < 6_000, `${tookMs} ms`);
  });

  test('startLoad: 429 without a header is tried at least 4 times within 5 s', async (t) => {
    let seen = 0;
    const url = await server(t, (response) => {
      seen++;
      response.writeHead(429).end();
    });
    const run = await measuredSteadily(t, STEADY, () => {
      seen = 0;
      return ran(specOf(url, { retry: 'exponential', end: calls(1) }));
    });
    if (run === null) return;
    const { of } = run;
    assert.ok(of.attempts >= 4, `${of.attempts} attempts`);
    assert.deepEqual([of.attempts, of.attempts429, of.calls.throttled], [seen, seen, 1]);
    assert.ok(of.retryWaitSeconds < 5);
  });

  test('startLoad: 429 with retry-after-ms 100 is tried at least 40 times in 5 s', async (t) => {
    let seen = 0;
    const url = await server(t, (response) => {
      seen++;
      response.writeHead(429, { 'retry-after-ms': '100' }).end();
    });
    const run = await measuredSteadily(t, STEADY, () => {
      seen = 0;
      return ran(specOf(url, { retry: 'exponential', end: calls(1) }));
    });
    if (run === null) return;
    const { of, results } = run;
    assert.ok(of.attempts >= 40, `${of.attempts} attempts`);
    assert.equal(of.attempts, seen);
    const [call] = results;
    const tookMs = (call?.endMs ?? 0) - (call?.sentMs ?? 0);
    // Above: the last try was under way, on a machine that may be busy.
    assert.ok(tookMs > 4_500 && tookMs <= 10_000, `${tookMs} ms`);
  });

  test('startLoad: evenly and by chance, as many come as were asked for', async (t) => {
    const url = await server(t, answer);
    const poisson = { kind: 'open', arrivals: { kind: 'poisson', perMinute: 3_000 } } as const;
    const even = await ran(specOf(url, { pace: evenly(3_000), clients: 100, end: seconds(4) }));
    const chance = await ran(specOf(url, { pace: poisson, clients: 100, end: seconds(4) }));
    assert.deepEqual([even.of.calls.ok, even.of.rpm], [200, 3_000]);
    // Of 200 expected, within three times the root.
    assert.ok(Math.abs(chance.of.calls.ok - 200) <= 43, `${chance.of.calls.ok}`);
  });

  test('startLoad: warms a provisioned deployment up to its first 429, and measures behind it', async (t) => {
    const [simulator, url] = await simulated(t, { type: 'ProvisionedManaged', capacity: 50 });
    const spec = specOf(url, {
      warmUpUntilThrottled: true,
      clients: 4,
      answer: { ...ANSWER, tokensMax: 1_000 },
      pace: evenly(300),
      end: seconds(2),
    });
    const { notes, of } = await ran(spec);
    t.diagnostic(`${notes.join()}; then ${JSON.stringify(of.calls)}, utilisation ${of.utilisation.max}`);
    assert.match(notes.join(), /^warmed up: \d+ calls in \d+ s, until the first 429$/);
    const received = simulator.journal.entries({ limit: 1_000 }).length;
    assert.ok(received > 10, `${received}`);
    // Its credit is spent: it shows as full, or refuses.
    assert.ok((of.utilisation.max ?? 0) > 0.9, `${of.utilisation.max}`);
    assert.equal(of.calls.ok + of.calls.length + of.calls.throttled, 10);
  });

  test('startLoad: the budget of tokens holds for all workers together', async (t) => {
    const [, url] = await simulated(t, { capacity: 1_000 });
    for (const workers of [1, 4]) {
      const budget = { totalTokensMax: 4_000, clients: 8, workers, answer: TEN_TOKENS, end: seconds(60) };
      const { report, of } = await ran(specOf(url, budget));
      const used = of.tokens.prompt + of.tokens.completion;
      t.diagnostic(`${workers} workers used ${used} tokens of 4,000`);
      assert.equal(report.stopped, 'tokens');
      // The first worker that has used up its share ends the run; others may hardly have begun.
      assert.ok(used <= 4_000 && used > 2_000 / workers, `${used} tokens by ${workers} workers`);
    }
  });

  test('startLoad: a sweep ends where refusals begin', async (t) => {
    // Standard, 6 requests a minute for each 1,000 tokens: 60 a minute, of which a window of 10 s carries 10.
    const [, url] = await simulated(t, { capacity: 10 });
    const sweep = { kind: 'sweep', fromPerMinute: 60, factor: 4, stepMs: 4_000 } as const;
    const spec = specOf(url, { pace: { kind: 'open', arrivals: sweep }, clients: 100, answer: TEN_TOKENS });
    const { report, of } = await ran(spec);
    t.diagnostic(
      `knee at ${report.kneePerMinute} per minute; ${of.calls.length + of.calls.ok} answers, ${of.calls.throttled} refused`,
    );
    assert.deepEqual([report.stopped, report.kneePerMinute], ['knee', 240]);
    assert.deepEqual(report.sweep, { stepSeconds: 4, carriedPerMinute: 60, beyondPerMinute: 240, why: 'refused' });
    assert.ok(of.calls.throttled > 0);
  });
});

test('startLoad: 10 calls asked, 10 made', async (t) => {
  let seen = 0;
  const url = await server(t, (response) => {
    seen++;
    answer(response);
  });
  const { of } = await ran(specOf(url, { end: calls(10) }));
  assert.deepEqual([seen, of.calls.ok, of.attempts], [10, 10, 10]);
});

test('startLoad: one word after 0.1 s, and a utilisation of 11.2 %', async (t) => {
  const url = await server(t, (response) => {
    after(100, () => {
      response.setHeader('azure-openai-deployment-utilization', '11.2%');
      answer(response);
    });
  });
  const run = await measuredSteadily(t, STEADY, () => ran(specOf(url, { end: calls(5) })));
  if (run === null) return;
  const { of, line, results } = run;
  for (const { p50 } of [of.ttft, of.e2e]) assert.ok(Math.abs((p50 ?? 0) - 0.1) <= 0.02, `${p50}`);
  assert.deepEqual([results[0]?.chunks, results[0]?.status, line?.util.avg], [1, 200, '11.2%']);
  assert.equal((100 * (of.utilisation.p50 ?? 0)).toFixed(1), '11.2');
});

test('startLoad: a 500 is one attempt, and its code is kept', async (t) => {
  const url = await server(t, (response) => {
    response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"code":"InternalServerError"}}');
  });
  const { of, results } = await ran(specOf(url, { end: calls(1) }));
  assert.deepEqual([of.attempts, of.calls.serverError, results[0]?.errorCode], [1, 1, 'InternalServerError']);
});

test('startLoad: a stream of 100 tokens counts 100, whatever else is in it', async (t) => {
  const stream = (usage: string): string =>
    [
      event({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }),
      choice({ role: 'assistant', content: '' }),
      ...Array.from({ length: 100 }, () => choice({ content: ' word' })),
      choice({}, 'stop'),
      usage,
      'data: [DONE]\n\n',
    ].join('');
  let n = 0;
  const usage = event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 100, total_tokens: 109 } });
  const url = await server(t, (response) => response.writeHead(200, STREAM).end(stream(n++ === 0 ? usage : '')));
  const { of, results } = await ran(specOf(url, { end: calls(2) }));
  assert.deepEqual(
    results.map(({ chunks, completionTokens, tokensFrom }) => [chunks, completionTokens, tokensFrom]),
    [
      [100, 100, 'usage'],
      [100, 100, 'tokenizer'],
    ],
  );
  assert.deepEqual([of.gap.count, of.genTokens.avg], [198, 100]);
});

test('startLoad: 4 workers send exactly what one would', async (t) => {
  let seen = 0;
  const url = await server(t, (response) => {
    seen++;
    answer(response);
  });
  const sent: (readonly number[])[] = [];
  for (const workers of [1, 4]) {
    const spec = specOf(url, { pace: evenly(6_000), clients: 400, workers, warmUpMs: 300, end: seconds(1) });
    const { results, of } = await ran(spec);
    assert.equal(of.calls.ok, 100);
    assert.equal(results.filter(({ phase }) => phase === 'warmUp').length, 30);
    sent.push(results.map(({ intendedMs }) => Math.round(intendedMs)).toSorted((a, b) => a - b));
  }
  assert.deepEqual(sent[1], sent[0]);
  assert.equal(seen, 260);
});

test('startLoad: interrupted once, what is under way ends; nothing is sent any more', async (t) => {
  const tenCame = Promise.withResolvers<void>();
  let seen = 0;
  const url = await server(t, (response) => {
    seen++;
    if (seen === 10) tenCame.resolve();
    after(300, () => answer(response));
  });
  const { report, of } = await ran(specOf(url, { clients: 4, workers: 2, end: seconds(60) }), (run) => {
    tenCame.promise.then(() => run.interrupt());
  });
  assert.deepEqual([report.stopped, of.calls.cancelled, of.calls.ok], ['interrupted', 0, seen]);
});
