import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CredentialError, type RunReport } from '@spillway/bench';
import { FakeClock } from '@spillway/clock';
import { startSimulator } from '@spillway/simulator';
import type { BenchFlags } from '../bench/flags.ts';
import { BENCH_FLAGS, fakeIo, LINE, PROGRESS, result, runReport, summary } from '../bench/testing/run.ts';
import { EXIT, UsedWrongly } from '../exit.ts';
import { load } from './bench.ts';

async function ran(more: Partial<BenchFlags>, report: Partial<RunReport> = {}) {
  const fake = fakeIo(async ({ onLine, onResult }) => {
    onLine(LINE, PROGRESS);
    onResult?.(result(), 0);
    return runReport(report);
  });
  const exit = await load({ ...BENCH_FLAGS, ...more }, {}, fake.io);
  return { ...fake, exit };
}

test('load: its exit tells whether the run is worth something and what was demanded holds', async () => {
  const silent = summary({ calls: { ...summary().calls, ok: 0, throttled: 9 } });
  const rows: ReadonlyArray<readonly [string, Partial<BenchFlags>, Partial<RunReport>, number, RegExp]> = [
    ['done', {}, {}, EXIT.done, /10 answers in 60 s/],
    ['a demand that holds', { failIf: ['ttft.p95>5'] }, {}, EXIT.done, /./],
    ['a demand that is missed', { failIf: ['ttft.p95>1.5'] }, {}, EXIT.failed, /--fail-if ttft\.p95>1\.5: it is 1\.6/],
    ['late', {}, { isValid: false }, EXIT.failed, /INVALID/],
    ['no answer', {}, { targets: [silent] }, EXIT.failed, /9 refused with 429/],
    [
      'one of two silent',
      { failIf: ['ttft.p95>1'] },
      { targets: [summary({ name: 'a' }), silent] },
      EXIT.failed,
      /--fail-if a: ttft\.p95>1/,
    ],
  ];
  for (const [name, flags, report, exit, err] of rows) {
    const run = await ran(flags, report);
    assert.equal(run.exit, exit, name);
    assert.match(run.written.err, err, name);
  }
});

test('load: --json is the report on standard output and nothing else; lines otherwise', async () => {
  const json = await ran({ json: true });
  assert.equal(JSON.parse(json.written.out).format, 'spillway-bench/1');
  assert.match((await ran({})).written.out, /^time: 16:00:01 rpm: 60/);
  assert.deepEqual(JSON.parse((await ran({ outputFormat: 'jsonl' })).written.out), LINE);
});

test('load: --out says where the report is', async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(out, { recursive: true }));
  const { written } = await ran({ out, failIf: ['ttft.p95>1.5'] });
  assert.match(written.err, /report\.html is written/);
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /The demand is missed/);
  assert.match(readFileSync(join(out, 'calls.csv'), 'utf8'), /\none\.example,measure,/);
});

test('load: says once that contents are written, before they are', async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(out, { recursive: true }));
  const notes = (text: string) => text.match(/--log-request-content writes prompts and answers/g)?.length ?? 0;
  assert.equal(notes((await ran({ out, logRequestContent: true })).written.err), 1);
  assert.equal(notes((await ran({ out })).written.err), 0);
});

test('load: --dry-run begins no run, and needs no key', async () => {
  const { begun, written, exit } = await ran({
    dryRun: true,
    apiKeyEnv: 'NOT_SET',
    rate: '60',
    duration: '60',
    tpm: '1000',
  });
  assert.deepEqual([begun.length, exit], [0, EXIT.done]);
  assert.match(written.out, /^dry run: nothing is sent/);
  const json = await ran({ dryRun: true, json: true });
  assert.equal(JSON.parse(json.written.out).calls, 10);
  await assert.rejects(ran({ dryRun: true, shapeProfile: 'custom', contextTokens: '3' }), UsedWrongly);
});

test('load: a run that cannot be made says why, with exit 2', async () => {
  const { io } = fakeIo(async () => {
    throw new CredentialError('no key: X is not set');
  });
  await assert.rejects(
    load(BENCH_FLAGS, {}, io),
    (error) => error instanceof UsedWrongly && /X is not set/.test(error.message),
  );
  await assert.rejects(
    ran({ clients: '0' }),
    (error) => error instanceof UsedWrongly && /--clients 0/.test(error.message),
  );
});

test('load: --monitor sets beside it what the real simulator counted', async (t) => {
  const simulator = await startSimulator({
    port: 0,
    resources: [{ name: 'openai1', latency: { firstTokenMs: 0, perTokenMs: 0 } }],
  });
  t.after(() => simulator.close());
  const [resource] = simulator.resources;
  const clock = new FakeClock(simulator.clock.nowMs());
  const fake = fakeIo(
    async ({ monitor }) => {
      const fromMs = clock.nowMs();
      const answer = await fetch(`${resource?.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`, {
        method: 'POST',
        headers: { 'api-key': resource?.key ?? '', 'content-type': 'application/json' },
        body: '{"messages":[{"role":"user","content":"Hello"}],"max_tokens":5}',
      });
      const { usage } = JSON.parse(await answer.text());
      const view = monitor?.(fromMs, clock.nowMs() + 1);
      let isTold = false;
      void view?.then(() => {
        isTold = true;
      });
      for (let i = 0; i < 10_000 && !isTold; i++) {
        await turn();
        if (clock.pending > 0) clock.advance(5_000);
      }
      const told = await view;
      assert.equal(sum(told?.minutes.map(({ calls }) => calls)), 1);
      assert.equal(sum(told?.minutes.map(({ promptTokens }) => promptTokens)), usage.prompt_tokens);
      assert.equal(sum(told?.minutes.map(({ completionTokens }) => completionTokens)), usage.completion_tokens);
      return runReport({ monitor: told ?? null });
    },
    { clock },
  );
  const monitorResource =
    '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices/accounts/openai1';
  assert.equal(await load({ ...BENCH_FLAGS, monitor: simulator.adminUrl, monitorResource }, {}, fake.io), EXIT.done);
  assert.match(fake.written.err, /asking Azure Monitor/);
});

function sum(values: readonly (number | null)[] = []): number {
  return values.reduce<number>((all, value) => all + (value ?? 0), 0);
}
