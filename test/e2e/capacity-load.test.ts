/**
 * The calculator's answer, run as load: the load generator's own plan of calls, against the model of a provisioned deployment of that size,
 * under virtual time. Over sockets it is in bench-capacity.test.ts.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ProvisionedQuota, provisionedUse } from '@spillway/azure-model';
import { type Intended, planOf } from '@spillway/bench';
import { modelFacts } from '@spillway/protocol';
import { evenly, targetOf } from '../../apps/bench/src/testing/spec.ts';

const MINUTE_MS = 60_000;
/** An empty bucket takes more than it drains until it is full; that is over by then. */
const WARM_UP_MINUTES = 20;
const MINUTES = 10;

interface Workload {
  readonly model: string;
  readonly calls: number;
  readonly prompt: number;
  readonly answer: number;
}

interface Size {
  readonly type: string;
  readonly units: number;
  readonly utilisation: number;
}

function sizesFor({ model, calls, prompt, answer }: Workload): readonly Size[] {
  const flags = ['--model', model, '--calls', calls, '--prompt-tokens', prompt, '--answer-tokens', answer, '--json'];
  const args = ['apps/cli/bin/spillway.mjs', 'plan', 'capacity', ...flags.map(String)];
  const [plan] = JSON.parse(
    execFileSync(process.execPath, args, { cwd: `${import.meta.dirname}/../..`, encoding: 'utf8' }),
  );
  return plan.sizes;
}

function planned(perMinute: number): Iterable<Intended> {
  return planOf({
    targets: [targetOf('http://127.0.0.1')],
    pace: evenly(perMinute),
    warmUpMs: WARM_UP_MINUTES * MINUTE_MS,
    end: { requests: null, durationMs: MINUTES * MINUTE_MS, mode: 'or' },
    seed: 1,
  });
}

/** @returns calls that were refused, and the utilisation of each minute: 1 is 100 %. */
function run(workload: Workload, units: number, bucketSeconds: number) {
  const { provisioned } = modelFacts(workload.model);
  const tokensPerMinute = units * provisioned.inputTokensPerMinutePerUnit;
  const quota = new ProvisionedQuota({ tokensPerMinute, bucketSeconds });
  const tokens = provisionedUse(workload.prompt, 0, workload.answer, provisioned);
  const used = new Float64Array(MINUTES);
  let refused = 0;
  for (const { atMs, phase } of planned(workload.calls)) {
    const isRefused = quota.admit(tokens, atMs).kind === 'refused';
    if (!isRefused) quota.settle(tokens, tokens, atMs);
    if (phase === 'warmUp') continue;
    const minute = Math.floor(atMs / MINUTE_MS) - WARM_UP_MINUTES;
    if (isRefused) refused++;
    else used[minute] = (used[minute] ?? 0) + tokens;
  }
  return { refused, utilisation: [...used].map((each) => each / tokensPerMinute) };
}

const WORKLOADS: readonly Workload[] = [
  { model: 'gpt-5.2', calls: 1_000, prompt: 200, answer: 20 },
  { model: 'gpt-4o', calls: 300, prompt: 1_000, answer: 300 },
  { model: 'gpt-4.1-mini', calls: 2_000, prompt: 3_000, answer: 150 },
];

for (const workload of WORKLOADS) {
  const { model, calls, prompt, answer } = workload;
  test(`plan capacity: ${calls} calls of ${prompt}/${answer} tokens fit on what it says for ${model}, and not on 10 % less`, () => {
    const [size] = sizesFor(workload);
    assert.ok(size !== undefined);
    for (const bucketSeconds of [5, 60]) {
      const { refused, utilisation } = run(workload, size.units, bucketSeconds);
      assert.equal(refused, 0);
      for (const minute of utilisation) {
        assert.ok(Math.abs(minute - size.utilisation) < 0.05, `${minute} in a minute, ${size.utilisation} foretold`);
      }
      // 10 % below what is used: below the rounded answer there may be room.
      const less = Math.floor(0.9 * size.units * size.utilisation);
      assert.ok(run(workload, less, bucketSeconds).refused > 0, `${less} units, a bucket of ${bucketSeconds} s`);
    }
  });
}
