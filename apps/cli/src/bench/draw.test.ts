import assert from 'node:assert/strict';
import test from 'node:test';
import { LiveTally, type LiveView } from '@spillway/bench';
import { ASCII, UNICODE } from '../demo/draw.ts';
import { widthOf } from '../lines.ts';
import { drawRun } from './draw.ts';
import { SPARK_ASCII, SPARK_UNICODE } from './spark.ts';
import { LINE, PROGRESS, result } from './testing/run.ts';

const GLYPHS = { bar: UNICODE, spark: SPARK_UNICODE };
/** What a terminal has, without the row that the cursor rests on. */
const ROWS = 23;

function view(more: Partial<LiveView> = {}): LiveView {
  const live = new LiveTally('open loop: 60 per minute, evenly, whatever the server does; at most 1000 under way');
  for (let at = 0; at < 70; at++) live.add(result({ endMs: at * 1_000 + 500, sentMs: at * 1_000 }));
  live.add(result({ endMs: 70_000, status: 429 }));
  return { ...live.view(LINE, { phase: 'measure', atMs: 75_000, endsAtMs: 120_000 }), ...more };
}

function text(of: LiveView, glyphs: Parameters<typeof drawRun>[1] = GLYPHS): string {
  return drawRun(of, glyphs)
    .map((line) => line.map(([part]) => part).join(''))
    .join('\n');
}

test('drawRun: fits 80 columns and 24 rows, whatever the figures are', () => {
  const huge = {
    ...LINE,
    rpm: 123_456.7,
    completed: 98_765_432,
    throttled: 8_765_432,
    failures: 9_765_432,
    tpm: { ...LINE.tpm, total: 987_654_321 },
  };
  for (const each of [
    view(),
    view({ line: huge, sentPerMinute: 999_999 }),
    view({ mode: 'x '.repeat(300) }),
    view({ seconds: [] }),
    view({ line: { ...LINE, adjusted: { e2e: LINE.e2e, ttft: LINE.ttft } } }),
  ]) {
    const lines = drawRun(each, GLYPHS);
    assert.ok(lines.length <= ROWS, `${lines.length} rows`);
    for (const line of lines) assert.ok(widthOf(line) <= 80, line.map(([part]) => part).join(''));
  }
});

test('drawRun: says how far it is, how fast, how it ends, and how long it takes', () => {
  const drawn = text(view({ sentPerMinute: 62.5, remainingTokens: 9_000, remainingRequests: 50 }));
  const wants = [
    /Spillway benchmark +measuring/,
    /open loop: 60 per minute/,
    /1:15 of 2:00, 0:45 left/,
    /sent\/min 62\.5 +answers\/min 60 +tokens\/min 600 +under way 2/,
    /ended 10 +answered 7 +429s 2 +failed 1/,
    /quota left 9,000 tokens, 50 requests/,
    /answers +█{10,}/,
    /429s .*█/,
    /first word +0\.100/,
    /end +0\.500/,
    /Ctrl-C/,
  ];
  for (const want of wants) assert.match(drawn, want);
});

test('drawRun: phases, runs without a known end, and runs that have only just begun', () => {
  const begun = new LiveTally('closed loop').view(
    { ...LINE, rpm: null, completed: 0, failures: 0, throttled: 0 },
    { ...PROGRESS, phase: 'warmUp', atMs: 0, endsAtMs: null },
  );
  assert.match(text(begun), /warming up/);
  assert.match(text(begun), /0:00 so far/);
  assert.match(text(begun), /sent\/min - +answers\/min -/);
  assert.match(
    text(view({ progress: { phase: 'drain', atMs: 130_000, endsAtMs: 120_000 } })),
    /waiting for the last answers[\s\S]*2:10 of 2:00\n/,
  );
});

test('drawRun: on a terminal of plain characters only those', () => {
  assert.match(text(view(), { bar: ASCII, spark: SPARK_ASCII }), /^[\x20-\x7e\n]+$/);
});

test('drawRun: the network stands beside the latencies; what is left without it only where that was asked for', () => {
  const told = text(view());
  assert.match(told, /\n network to the endpoint: round trip 20\.0 ms, p95 30\.0 ms\n/);
  assert.doesNotMatch(told, /less that/);
  const adjusted = { e2e: { avg: 1, '95th': 2 }, ttft: { avg: null, '95th': null } };
  assert.match(text(view({ line: { ...LINE, adjusted } })), /less that: first word - s, end 2\.000 s\n/);
  assert.doesNotMatch(text(view({ line: { ...LINE, network: { median: null, '95th': null } } })), /network/);
});
