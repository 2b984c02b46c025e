import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { ASK_EVERY_MS, MINUTES_MAX, type MonitorAnswer, monitorOf, WAIT_MS_MAX } from './monitor.ts';

const NINE = Date.UTC(2026, 10, 21, 9);
const ASK = {
  url: 'https://management.azure.com',
  resource: '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/openai1',
  deployment: "o'chat",
};

/** @param calls of each minute. */
function told(...calls: readonly number[]): MonitorAnswer {
  const data = calls.map((total, i) => ({ timeStamp: new Date(NINE + i * 60_000).toISOString(), total }));
  const value = ['AzureOpenAIRequests', 'ProcessedPromptTokens', 'GeneratedTokens'].map((name) => ({
    name: { value: name },
    timeseries: [{ data }],
  }));
  return { status: 200, body: { value }, code: null };
}

/** Answers in turns, the last one for ever. */
function asked(answers: readonly MonitorAnswer[], toMs = NINE + 90_000) {
  const clock = new FakeClock(toMs);
  const urls: string[] = [];
  const monitor = monitorOf(ASK, {
    clock,
    get: async (url) => {
      urls.push(url);
      return answers[urls.length - 1] ?? answers.at(-1) ?? assert.fail('no answer');
    },
    onNote: () => {},
  });
  const view = monitor.read(NINE + 30_000, toMs);
  return { clock, urls, monitor, view };
}

/** Moves time on until it is told; at most a minute more than may be waited. */
async function ended({ clock, view }: ReturnType<typeof asked>) {
  let isOver = false;
  void view.then(() => {
    isOver = true;
  });
  const beganMs = clock.nowMs();
  for (let i = 0; i < 40 && !isOver; i++) {
    await turn();
    if (!isOver && clock.pending > 0) clock.advance(ASK_EVERY_MS);
    await turn();
  }
  assert.ok(isOver, 'it still waits');
  return { ...(await view), waitedMs: clock.nowMs() - beganMs };
}

test('monitorOf: asks for the minutes of the run, of its deployment alone', async () => {
  const run = asked([told(3, 4)]);
  await ended(run);
  const url = new URL(run.urls[0] ?? '');
  assert.equal(url.pathname, `${ASK.resource}/providers/microsoft.insights/metrics`);
  assert.equal(url.searchParams.get('timespan'), '2026-11-21T09:00:00Z/2026-11-21T09:02:00Z');
  assert.equal(url.searchParams.get('$filter'), "ModelDeploymentName eq 'o''chat'");
  assert.match(url.searchParams.get('metricnames') ?? '', /GeneratedTokens/);
});

test('monitorOf: a figure that comes late is waited for until two answers agree', async () => {
  const { minutes, source, waitedMs } = await ended(
    asked([told(0, 0), told(3, 0), told(3, 2), told(3, 4), told(3, 4)]),
  );
  assert.deepEqual(
    minutes.map(({ calls }) => calls),
    [3, 4],
  );
  assert.equal(waitedMs, 4 * ASK_EVERY_MS);
  assert.equal(source, "Azure Monitor at management.azure.com on openai1/o'chat");
});

test('monitorOf: what never comes is waited for no longer than WAIT_MS_MAX', async () => {
  const { minutes, waitedMs } = await ended(asked([told(3, 0)]));
  assert.equal(waitedMs, WAIT_MS_MAX);
  assert.deepEqual(
    minutes.map(({ calls, utilisationPercent }) => [calls, utilisationPercent]),
    [
      [3, null],
      [0, null],
    ],
  );
});

test('monitorOf: cancelled, it takes what has been told', async () => {
  const run = asked([told(3, 0)]);
  await turn();
  run.monitor.cancel();
  assert.deepEqual(
    (await run.view).minutes.map(({ calls }) => calls),
    [3, 0],
  );
  assert.ok(run.urls.length <= 2);
});

test('monitorOf: a refusal is told with its way out, at once', async () => {
  const rows: ReadonlyArray<readonly [number, string | null, RegExp]> = [
    [401, 'AuthenticationFailed', /told nothing: 401 AuthenticationFailed \(it wants a sign-in; az login/],
    [403, null, /403 \(.*Monitoring Reader/],
    [404, 'ResourceNotFound', /look at --monitor-resource/],
    [0, 'ECONNREFUSED', /told nothing: ECONNREFUSED \(no answer; look at --monitor\)/],
    [500, null, /told nothing: 500$/],
  ];
  for (const [status, code, want] of rows) {
    const { source, minutes, waitedMs } = await ended(asked([{ status, body: null, code }]));
    assert.match(source, want);
    assert.deepEqual([minutes, waitedMs], [[], 0]);
  }
});

test('monitorOf: of a very long run the last MINUTES_MAX minutes', async () => {
  const { minutes } = await ended(asked([told(1)], NINE + 2 * MINUTES_MAX * 60_000));
  assert.equal(minutes.length, MINUTES_MAX);
});
