import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../measure/tally.ts';
import { call } from '../measure/testing.ts';
import { lineText, reportText } from './human.ts';
import { calls, report, STARTED_MS } from './testing.ts';

test("lineText: the ancestor's names in its order, n/a where nothing is known", () => {
  const tally = new Tally({ targets: ['a'], windowMs: 60_000, startedAtMs: Date.UTC(2026, 10, 21, 16) });
  const names = (text: string) => [...text.matchAll(/(\w+): /g)].map(([, name]) => name);
  const empty = lineText(tally.line(1_000, 3));
  assert.deepEqual(names(empty), [
    'time',
    'rpm',
    'processing',
    'completed',
    'failures',
    'throttled',
    'tpm',
    'ttft_avg',
    'ttft_95th',
    'tbt_avg',
    'e2e_avg',
    'e2e_95th',
    'util_avg',
  ]);
  assert.match(empty, /^time: 16:00:01 rpm: n\/a +processing: 3 .*util_avg: n\/a/);
  tally.add(call({ utilisation: 0.112 }));
  assert.match(lineText(tally.line(60_000, 0)), /rpm: 1 .*tpm: 600 .*ttft_avg: 0\.1 .*e2e_avg: 1 .*util_avg: 11\.2%/);
});

const MINUTE = {
  minute: new Date(STARTED_MS - 30_000).toISOString(),
  utilisationPercent: 1,
  promptTokens: null,
  completionTokens: null,
  calls: null,
};

test('reportText: figures, endings, quota and what spoils them, each in a line of its own', () => {
  const rows: ReadonlyArray<readonly [string, Parameters<typeof report>, RegExp]> = [
    ['answers', [calls(60)], /60 answers in 60 s: 60 per minute, 36,000 tokens per minute/],
    ['none failed', [calls(1)], /no call failed; 1 attempts, 0 of them/],
    ['failures', [calls(3, () => ({ status: 429 }))], /3 refused with 429; 3 attempts, 3 of them refused/],
    ['latency', [calls(9)], /end +1\.000 +1\.000/],
    ['utilisation', [calls(9, () => ({ utilisation: 1.05 }))], /utilisation, percent +105\.0/],
    ['knee', [calls(1), { kneePerMinute: 512 }], /refusals begin at 512 requests per minute/],
    [
      'cost',
      [calls(1), { cost: { currency: 'EUR', amount: 0.5, asOf: '2026-11-01' } }],
      /cost 0\.5000 EUR .*2026-11-01/,
    ],
    ['stopped', [calls(1), { stopped: 'tokens' }], /ended early: as many tokens as --max-tokens-total/],
    ['warned', [calls(1), { warnings: ['look out'] }], /warning: look out/],
    ['two targets', [[...calls(2), ...calls(2, () => ({ target: 1 }))]], /A one\.example\nB two\.example\n/],
    [
      'Azure Monitor',
      [calls(20), { monitor: { source: 'Azure', minutes: [{ ...MINUTE, calls: 9 }] } }],
      /Azure: 9 calls, 0 prompt tokens, 0 generated tokens\ncounted here: 20 calls, .*\nnot told until the end: prompt tokens/,
    ],
    ['invalid', [calls(1), { isValid: false }], /INVALID: the sender was late/],
    [
      'unsteady',
      [calls(1), { steady: { isSteady: false, sinceSeconds: null, why: 'too short' } }],
      /not steady: too short/,
    ],
  ];
  for (const [name, given, want] of rows) assert.match(reportText(report(...given)), want, name);
});
