import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_PAINT, render, widthOf } from '../lines.ts';
import { figuresOf, type Round } from './figures.ts';
import { planLoad } from './load.ts';
import { summaryLines } from './summary.ts';
import { CHAT_PASSED, counted, decided, row } from './testing/scene.ts';

const PASSED: Round = {
  version: '0.1.0',
  seed: 1,
  load: planLoad(1),
  quotaTokensPerMinute: 30_000,
  direct: counted({ sent: 90, answered: 34, refused: 56, firstRefusedMs: 13_402.7, answerMs: [500, 600] }),
  spillway: counted({ sent: 90, answered: 90, answerMs: [510] }),
  deployments: [
    row('openai1', { kind: 'idle' }, { served: 34, throttles: 1 }),
    row('openai2', { kind: 'idle' }, { served: 34, throttles: 1 }),
    row('openai3', { kind: 'idle' }, { served: 22 }),
  ],
  decisions: [
    decided(0, 'openai1', '200', 34),
    decided(13_402.2, 'openai1', '429', 1),
    decided(27_000, 'openai2', '429', 1),
  ],
  chat: CHAT_PASSED,
  urls: { gateway: 'http://127.0.0.1:8080', admin: 'http://127.0.0.1:8081', chat: 'http://127.0.0.1:3000' },
};

function summary(round: Round): readonly string[] {
  return summaryLines(figuresOf(round)).map((line) => render(line, Number.POSITIVE_INFINITY, NO_PAINT));
}

test('figuresOf: the round in numbers, with units in their names', () => {
  const { load, deployments, direct, spillway, chat, ...rest } = figuresOf(PASSED);
  assert.deepEqual(rest, {
    version: '0.1.0',
    seed: 1,
    verdict: 'passed',
    failures: [],
    quotaTokensPerMinute: 30_000,
    throttles: 2,
    urls: PASSED.urls,
  });
  assert.equal(load.requests, 90);
  assert.equal(load.durationMs, 36_000);
  assert.deepEqual(direct, {
    sent: 90,
    answered: 34,
    refused429: 56,
    failed: 0,
    unanswered: 0,
    firstRefused429AfterMs: 13_403,
    answerMsMedian: 550,
    failures: [],
  });
  assert.equal(spillway.firstRefused429AfterMs, null);
  assert.equal(chat.answered, 30);
  assert.deepEqual(deployments[0], { id: 'openai1/chat', served: 34, throttles: 1, firstThrottledAfterMs: 13_402 });
  assert.equal(deployments[2]?.firstThrottledAfterMs, null);
});

test('figuresOf: fails where a request through Spillway was not answered, whatever became of it', () => {
  const rows = [
    [
      counted({ sent: 90, answered: 89, refused: 1 }),
      /89 of 90 requests were answered: 1 got 429, 0 failed, 0 had no answer in time, 0 were not sent/,
    ],
    [counted({ sent: 90, answered: 89, failed: 1, failures: ['reset'] }), /1 failed \(reset\)/],
    [counted({ sent: 90, answered: 89 }), /1 had no answer in time/],
    [counted({ sent: 89, answered: 89 }), /1 were not sent/],
  ] as const;
  for (const [spillway, want] of rows) {
    const figures = figuresOf({ ...PASSED, spillway });
    assert.equal(figures.verdict, 'failed');
    assert.match(figures.failures.join('\n'), want);
  }
});

test('figuresOf: fails where the load showed nothing: one resource was enough for it', () => {
  const one = row('openai1', { kind: 'idle' }, { served: 90 });
  for (const deployments of [[one, row('openai2', { kind: 'idle' })], [one], []]) {
    assert.match(figuresOf({ ...PASSED, deployments }).failures.join('\n'), /^no second deployment served/);
  }
  const direct = counted({ sent: 90, answered: 90 });
  assert.match(figuresOf({ ...PASSED, direct }).failures.join('\n'), /^nothing was refused straight to one resource/);
});

test('figuresOf: fails where the chat app failed, too', () => {
  const chat = { ...CHAT_PASSED, answered: 29, errors: 1, reasons: ['throttled: no'] };
  const failing = { ...PASSED, chat };
  assert.equal(figuresOf(failing).verdict, 'failed');
  assert.match(
    summary(failing).join('\n'),
    /Chat app, 2 of 3 resources throttled: 10 users asked 30, 29 answered\.\n +Failed: in the chat app 29 of/,
  );
});

test('figuresOf: passes where every refusal was foreseen, so that Azure refused nothing', () => {
  const deployments = PASSED.deployments.map((each) => ({ ...each, throttles: 0 }));
  const { verdict, throttles } = figuresOf({ ...PASSED, deployments, decisions: [] });
  assert.deepEqual([verdict, throttles], ['passed', 0]);
});

test('summaryLines: four lines where all went well', () => {
  assert.deepEqual(summary(PASSED), [
    ' The same 90 requests, sent both ways within 36 s:',
    '   Straight to one resource: 34 answered, 56 refused with 429 from 0:13 on.',
    '   Through Spillway: all 90 answered, none refused; failover hid 2 refusals.',
    '   Chat app, 2 of 3 resources throttled: 10 users asked 30, all answered.',
  ]);
});

test('summaryLines: says what failed, in lines of 80 columns, and lets no text steer the terminal', () => {
  const failing: Round = {
    ...PASSED,
    spillway: counted({ sent: 88, answered: 80, refused: 2, failed: 3, failures: ['fetch\x1b[2J failed'] }),
  };
  const text = summary(failing)
    .join('\n')
    .replace(/\n {3}/g, ' ');
  assert.match(text, /Through Spillway: 80 answered, 2 refused with 429, 3 failed, 3 without an answer\./);
  assert.match(text, /Failed: through Spillway 80 of 90/);
  assert.ok(!text.includes('\x1b'));
  for (const line of summaryLines(figuresOf(failing))) assert.ok(widthOf(line) <= 80);
});
