/** What a request cost, from the real simulator's answer to `spillway explain`, the log and the metrics. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configFromYaml, printError } from '@spillway/config';
import { startGateway } from '@spillway/gateway';
import type { DecisionRecord } from '@spillway/policy';
import { isRecord } from '@spillway/protocol';
import { startSimulator } from '@spillway/simulator';
import { OpenAI } from 'openai';

const SPILLWAY = fileURLToPath(new URL('../../apps/cli/bin/spillway.mjs', import.meta.url));
const EXPLAIN_MS_MAX = 20_000;

async function stage(t: TestContext) {
  const deployments = [
    { name: 'ptu', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 50 },
    { name: 'chat', model: 'gpt-4o-mini', capacity: 1_000 },
  ] as const;
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const simulator = await startSimulator({ port: 0, resources: [{ name: 'openai1', deployments, latency }] });
  t.after(() => simulator.close());
  const [resource] = simulator.resources;
  assert.ok(resource);
  const text = `
backends:
  - name: openai1
    url: ${resource.url}
    apiKey: \${KEY}
    deployments:
      - { name: ptu, model: gpt-4o, type: ProvisionedManaged, capacity: 50 }
      - { name: chat, model: gpt-4o-mini, type: Standard, capacity: 1000 }
prices:
  asOf: "2026-11-21"
  source: made up for this test
  currency: EUR
  prices:
    - { model: gpt-4o-mini, input: 2, cachedInput: 1, output: 8 }
`;
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env: { KEY: resource.key }, secrets: new Map() });
  if (loaded.kind === 'errors') return assert.fail(loaded.errors.map(printError).join('\n'));
  const gateway = await startGateway({ config: loaded.config, port: 0, adminPort: 0 });
  t.after(() => gateway.close());
  const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1/`, apiKey: 'anybody', maxRetries: 0 });
  return { client, gateway };
}

/** @returns what the command printed and how it ended. */
function explain(flags: readonly string[]): Promise<{ readonly out: string; readonly code: number | string }> {
  return new Promise((resolve) => {
    const options = { timeout: EXPLAIN_MS_MAX };
    execFile(process.execPath, [SPILLWAY, 'explain', ...flags], options, (error, out) => {
      resolve({ out, code: error?.code ?? 0 });
    });
  });
}

const MESSAGES = [{ role: 'user' as const, content: 'How many xylophones are there in the world?' }];

test('cost: explain, decisions and metrics tell what a request cost: whole, streamed, and served by units', async (t) => {
  const { client, gateway } = await stage(t);
  const admin = async (path: string) => (await fetch(gateway.adminUrl + path)).text();
  const recordOf = async (id: string | null): Promise<DecisionRecord> =>
    JSON.parse(await admin(`/admin/decisions/${id}`));
  const idOf = (response: Response) => response.headers.get('x-spillway-request-id');

  const whole = await client.chat.completions
    .create({ model: 'gpt-4o-mini', messages: MESSAGES, max_tokens: 60 })
    .withResponse();
  const { prompt_tokens: prompt = 0, completion_tokens: answer = 0 } = whole.data.usage ?? {};
  const wholeId = idOf(whole.response);
  const amount = (prompt * 2 + answer * 8) / 1_000_000;
  assert.ok(prompt > 0 && answer > 0);
  const { cost } = await recordOf(wholeId);
  assert.deepEqual(
    [cost?.amount, cost?.basis, cost?.promptTokens, cost?.answerTokens],
    [amount, 'usage', prompt, answer],
  );

  const asked = { model: 'gpt-4o-mini', messages: MESSAGES, max_tokens: 60, stream: true } as const;
  const streamed = await client.chat.completions
    .create({ ...asked, stream_options: { include_usage: true } })
    .withResponse();
  let usage: OpenAI.CompletionUsage | null | undefined = null;
  for await (const chunk of streamed.data) usage = chunk.usage ?? usage;
  const streamCost = (await recordOf(idOf(streamed.response))).cost;
  assert.deepEqual([streamCost?.basis, streamCost?.answerTokens], ['usage', usage?.completion_tokens]);

  const silent = await client.chat.completions.create(asked).withResponse();
  for await (const _ of silent.data);
  const silentCost = (await recordOf(idOf(silent.response))).cost;
  assert.equal(silentCost?.basis, 'estimate');
  assert.ok((silentCost?.amount ?? 0) > 0);

  const units = await client.chat.completions
    .create({ model: 'gpt-4o', messages: MESSAGES, max_tokens: 60 })
    .withResponse();
  const unitsCost = (await recordOf(idOf(units.response))).cost;
  assert.deepEqual([unitsCost?.kind, unitsCost?.amount, unitsCost?.perMillion], ['provisioned', 0, null]);

  const metrics = await admin('/metrics');
  const series = 'spillway_cost_total{client="none",model="gpt-4o-mini",deployment="openai1/chat",currency="EUR"}';
  const sum = Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(series))
      ?.slice(series.length),
  );
  const expected = amount + (streamCost?.amount ?? 0) + (silentCost?.amount ?? 0);
  assert.ok(Math.abs(sum - expected) < 1e-12, `${sum} is not ${expected}`);

  const told = await explain([String(wholeId), '--admin', gateway.adminUrl]);
  assert.equal(told.code, 0, told.out);
  assert.match(told.out, new RegExp(`^Cost     ${Number(amount.toPrecision(6))} EUR$`, 'm'));
  const json = await explain([String(wholeId), '--admin', gateway.adminUrl, '--json']);
  const report: unknown = JSON.parse(json.out);
  assert.ok(isRecord(report) && isRecord(report.record) && isRecord(report.record.cost));
  assert.deepEqual(report.record.cost, cost);

  const folder = mkdtempSync(join(tmpdir(), 'spillway-cost-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'decision.json');
  writeFileSync(file, JSON.stringify({ ...report.record, cost: { ...report.record.cost, amount: amount / 2 } }));
  const forged = await explain(['--record', file]);
  assert.equal(forged.code, 1);
  assert.match(forged.out, /Replayed: 2 mismatches\n {2}cost\.amount: recorded /);
});
