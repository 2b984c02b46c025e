import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import type { RunReport } from '../measure/report.ts';
import { pageOf } from './page.ts';
import { calls, report, STARTED_MS, withNetwork } from './testing.ts';

const NONE = { count: 0, broken: [] };
const HOSTILE = '<script>alert(1)</script>';

const FULL = report(
  [
    ...calls(60, (at) => ({ phase: at < 5 ? 'warmUp' : 'measure', utilisation: 0.5, servedBy: HOSTILE })),
    ...calls(60, (at) => ({ target: 1, endMs: at * 1_000 + 2_000, status: at % 5 === 0 ? 429 : 200 })),
  ],
  {
    warnings: [HOSTILE],
    run: { endpoint: HOSTILE, maxTokens: '5' },
    cost: { currency: 'USD', amount: 1.5, asOf: '2026-11-01' },
    monitor: {
      source: 'Azure Monitor at here',
      minutes: [
        {
          minute: new Date(STARTED_MS - 30_000).toISOString(),
          utilisationPercent: 42.5,
          promptTokens: 15_000,
          completionTokens: 3_000,
          calls: 30,
        },
        {
          minute: new Date(STARTED_MS + 30_000).toISOString(),
          utilisationPercent: null,
          promptTokens: 1,
          completionTokens: 2,
          calls: 3,
        },
      ],
    },
  },
);

test('pageOf: nothing is loaded or run, what came from elsewhere is text, and the policy knows the one style sheet', () => {
  const page = pageOf(FULL, NONE);
  assert.doesNotMatch(page, /<script|<link|<img|\ssrc=|\sstyle=|url\(|@import|https?:/);
  assert.doesNotMatch(page, /NaN|undefined|Infinity|\[object/);
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? assert.fail('no style');
  assert.ok(page.includes(`style-src &#39;sha256-${createHash('sha256').update(style).digest('base64')}&#39;`));
});

test('pageOf: begins with how load was made, and has every part that the run has', () => {
  const page = pageOf(FULL, NONE);
  const wants = [
    /<body><header><p class="mode">Open loop: 60 per minute/,
    /Side by side.*one\.example.*two\.example/s,
    /<td>time to the end, p50<\/td><td class="number">1\.000 s<\/td><td class="number">2\.00\d s<\/td>.*?worse/,
    /Where answers came from/,
    /1\.5000 USD/,
    /16:00<\/td><td class="number">30<\/td><td class="number">\d+<\/td><td class="number">15,000/,
    /Utilisation/,
    /--max-tokens<\/dt>/,
  ];
  for (const want of wants) assert.match(page, want);
});

test('pageOf: what the run has not is not there', () => {
  const page = pageOf(report(calls(60)), NONE);
  for (const never of [
    'Side by side',
    'What Azure counted',
    'Cost',
    'Utilisation',
    'class="warnings"',
    'Where answers',
  ])
    assert.ok(!page.includes(`>${never}`), never);
});

test('pageOf: the verdict says what matters most, and is green only where all is well', () => {
  const bad = calls(4, () => ({ status: 429 }));
  const rows: ReadonlyArray<readonly [string, RunReport, { count: number; broken: string[] }, RegExp]> = [
    ['late', report(calls(9), { isValid: false }), NONE, /missed">✗ The sender itself was late/],
    ['silent', report(bad), NONE, /missed">✗ one\.example answered nothing: 4 refused with 429\./],
    ['missed', report(calls(9)), { count: 2, broken: ['x'] }, /missed">✗ 1 of 2 demands are missed\./],
    ['the one missed', report(calls(9)), { count: 1, broken: ['x'] }, /missed">✗ The demand is missed\..*--fail-if x/],
    ['all well', report(calls(9)), NONE, /holds">✓ all 9 calls were answered\./],
    ['held', report([...calls(9), ...bad]), { count: 2, broken: [] }, /holds">✓ 9 of 13 .* All 2 demands hold\./],
    ['refusals, no demand', report([...calls(9), ...bad]), NONE, /"verdict">9 of 13 calls were answered, 4 refused/],
  ];
  for (const [name, given, demands, want] of rows) assert.match(pageOf(given, demands), want, name);
});

test('pageOf: a run without a single answer is drawn, and says so', () => {
  const page = pageOf(report([]), NONE);
  assert.match(page, /No answer, so there is no latency/);
  assert.match(page, /Nothing was sent\./);
  assert.doesNotMatch(page, /NaN|Infinity|undefined/);
});

test('pageOf: a monitor that told nothing is said to have told nothing', () => {
  const page = pageOf(report(calls(3), { monitor: { source: 'here told nothing: 403 Forbidden', minutes: [] } }), NONE);
  assert.match(page, /here told nothing: 403 Forbidden/);
  assert.match(page, /Not told until the end: calls, prompt tokens, generated tokens, utilisation\./);
});

test('pageOf: the network beside the latencies, how far it reaches, and whether anything was taken off', () => {
  const plain = pageOf(FULL, NONE);
  assert.doesNotMatch(plain, /round trip|adjusted/);
  const page = pageOf(withNetwork(FULL), NONE);
  for (const want of [
    /<td>network, round trip, in ms<\/td><td class="number">20\.00/,
    /<td>end, from the send<\/td><td class="number">1\.000/,
    /<td>end, adjusted<\/td><td class="number">0\.980/,
    /a TCP connect to one\.example:443, and no further/,
    /less the median round trip, 20\.0 ms, never below 0/,
  ])
    assert.match(page, want);
  const only = {
    ...withNetwork(FULL),
    targets: withNetwork(FULL).targets.map((target, at) => ({
      ...target,
      adjusted: FULL.targets[at]?.adjusted ?? target.adjusted,
    })),
  };
  assert.match(pageOf(only, NONE), /Nothing is taken off the latencies/);
});

test('pageOf: calls that were never sent are in the line about the sender', () => {
  const sender = { late: 0, lagMsMax: 1, capped: 40, unsent: 3, cpuMs: 100 };
  assert.match(
    pageOf({ ...FULL, sender }, NONE),
    /1 ms late; 40 calls waited for a free client, 3 of them never sent\./,
  );
});
