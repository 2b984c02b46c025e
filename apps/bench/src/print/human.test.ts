import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../measure/tally.ts';
import { call } from '../measure/testing.ts';
import { lineText, reportText } from './human.ts';
import { calls, report, STARTED_MS, withNetwork } from './testing.ts';

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

const SWEEP = { stepSeconds: 20, carriedPerMinute: 60, beyondPerMinute: 90, why: 'refused' } as const;

test('reportText: where nobody says who answered, nothing is said of it', () => {
  assert.doesNotMatch(reportText(report(calls(8))), /answers by|spilled/);
});

test('reportText: figures, endings, quota and what spoils them, each in a line of its own', () => {
  const rows: ReadonlyArray<readonly [string, Parameters<typeof report>, RegExp]> = [
    ['answers', [calls(60)], /60 answers in 60 s: 60 per minute, 36,000 tokens per minute/],
    ['none failed', [calls(1)], /no call failed; 1 attempts, 0 of them/],
    ['failures', [calls(3, () => ({ status: 429 }))], /3 refused with 429; 3 attempts, 3 of them refused/],
    ['latency', [calls(9)], /end +1\.000 +1\.000/],
    ['utilisation', [calls(9, () => ({ utilisation: 1.05 }))], /utilisation, percent +105\.0/],
    [
      'backends',
      [calls(8, (at) => ({ servedBy: at < 6 ? 'openai1/chat' : 'openai2/chat', spilledOver: at === 7 }))],
      /8 answers by:\n {4}openai1\/chat: 6 \(75 %\)\n {4}openai2\/chat: 2 \(25 %\)\n {2}spilled over to another deployment: 1 \(12\.5 %\)\n/,
    ],
    [
      'many backends',
      [calls(8, (at) => ({ servedBy: `b${at}` }))],
      /b5: 1 \(12\.5 %\)\n {4}and 2 more, in the report\n/,
    ],
    [
      'knee',
      [calls(1), { sweep: { ...SWEEP, stepSeconds: 60 } }],
      /^refused from 90 requests per minute on, in steps of 60 s \(60 were carried\)$/m,
    ],
    [
      'knee of short steps',
      [calls(1), { sweep: SWEEP }],
      /^refused from 90 .* steps of 20 s \(60 were carried\): a quota counted by the minute may carry less$/m,
    ],
    [
      'no knee',
      [calls(1), { sweep: { ...SWEEP, why: 'unanswered', carriedPerMinute: null }, stopped: 'unanswered' }],
      /^not answered from 90 .*\(not even the first was carried\), and not refused with 429[\s\S]*ended early: calls failed or/m,
    ],
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

test('reportText: what is the network and what is left without it, named as such, beside what was measured', () => {
  const plain = report(calls(10));
  const [, target = ''] = /(\n {2}first word[\s\S]*between chunks.*\n)/.exec(reportText(plain)) ?? [];
  assert.doesNotMatch(reportText(plain), /network|adjusted/);
  const text = reportText(withNetwork(plain));
  assert.ok(target !== '' && text.includes(target), 'what was measured stands as it was');
  assert.match(
    text,
    /network, round trip, ms +20\.00 +20\.00 +30\.00 +30\.00 +30\.00 +30\.00\n {2}\(to one\.example:443 and no further, 3 times\)/,
  );
  assert.match(text, /first word, adjusted +0\.080 .*\n {2}end, adjusted +0\.980 .*\n {2}\(adjusted: less the median/);
});

test('reportText: calls that waited for a client, and those that were never sent', () => {
  const sender = { late: 0, lagMsMax: 1, capped: 40, unsent: 3, cpuMs: 100 };
  assert.match(
    reportText(report(calls(1), { sender })),
    /at most 1 ms late; 40 calls waited for a free client, 3 of them never sent\n/,
  );
  assert.doesNotMatch(reportText(report(calls(1))), /waited for a free client/);
});

test('reportText: says how many were sent twice, where any were', () => {
  const attempts = [{ sentMs: 0, endMs: 1, status: 200, hintMs: null, waitedMs: 0, hedge: 'copy' as const }];
  assert.match(
    reportText(report(calls(3, () => ({ attempts })))),
    /6 attempts, 0 of them refused with 429, 3 sent twice, 3 of these answered by the copy\n/,
  );
  assert.doesNotMatch(reportText(report(calls(3))), /sent twice/);
});
