/**
 * The calculator's answer, run as load: the load generator's own plan of calls, against a simulated resource with a provisioned
 * deployment of that size, from request to reply, under virtual time: it reserves by the prompt and `max_tokens`, and settles when an
 * answer ends. Over sockets it is in bench-capacity.test.ts.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { DEFAULT_ANSWERS, type Resource } from '@spillway/azure-model';
import { type Intended, planOf } from '@spillway/bench';
import { FakeClock, seededUnit } from '@spillway/clock';
import { evenly, targetOf } from '../../apps/bench/src/testing/spec.ts';
import { answered, testRequest, testResource } from '../../packages/azure-model/src/testing.ts';

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

/**
 * A resource as the simulator has it, with one provisioned deployment: each answer is what the script says, takes its time, and was
 * bounded by twice its length, so that what is reserved on arrival is more than what is used.
 */
function resourceOf({ model }: Workload, units: number, { answer, bucketSeconds }: Standing): Resource {
  const script = [{ deployment: null, contains: null, matches: null, answer, call: null }];
  const deployment = { name: 'chat', model, type: 'GlobalProvisionedManaged', capacity: units, bucketSeconds } as const;
  return testResource(seededUnit, {
    deployments: [deployment],
    answers: { ...DEFAULT_ANSWERS, script },
    latency: { firstTokenMs: 400, perTokenMs: 10 },
  });
}

interface Standing {
  readonly answer: string;
  readonly bucketSeconds: number;
}

/** Begins otherwise in each call, at the same length: nothing is found in a cache. */
function bodyOf({ answer }: Workload, letters: number, index: number): string {
  const content = `${String(index).padStart(8, '0')}${' word'.repeat(letters).slice(0, letters)}`;
  return JSON.stringify({ messages: [{ role: 'user', content }], max_completion_tokens: 2 * answer });
}

/** The least length of which the deployment counts so many tokens. */
function lengthFor(tokens: number, countOf: (length: number) => number): number {
  let [low, high] = [0, 10 * tokens];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (countOf(middle) < tokens) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was asked for, by the deployment's own count: letters of the prompt, and the answer. */
function calibrated(workload: Workload): { readonly letters: number; readonly answer: string } {
  const usageOf = (letters: number, answer: string) => {
    const { body } = answered(
      resourceOf(workload, 10_000, { answer, bucketSeconds: 60 }),
      testRequest(bodyOf(workload, letters, 0)),
    );
    return JSON.parse(body.kind === 'text' ? body.text : '{}').usage;
  };
  const letters = lengthFor(workload.prompt, (count) => usageOf(count, 'a').prompt_tokens);
  const text = (count: number) => `word${' word'.repeat(count)}`;
  const answer = text(lengthFor(workload.answer, (count) => usageOf(1, text(count)).completion_tokens));
  const usage = usageOf(letters, answer);
  assert.deepEqual([usage.prompt_tokens, usage.completion_tokens], [workload.prompt, workload.answer]);
  return { letters, answer };
}

interface Outcome {
  readonly refused: number;
  /** Of the whole minutes that were measured, as the deployment's own metric has them: 1 is 100 %. */
  readonly utilisation: readonly number[];
  /** Answers under way at most. */
  readonly active: number;
}

/** @param until calls are sent until so many were refused. */
function run(
  workload: Workload,
  units: number,
  { letters, ...standing }: Standing & { readonly letters: number },
  until = Infinity,
): Outcome {
  const resource = resourceOf(workload, units, standing);
  const quota = resource.deployments.get('chat')?.quota;
  if (quota?.kind !== 'provisioned') assert.fail('the deployment is not provisioned');
  const clock = new FakeClock();
  const startedMs = clock.nowMs();
  let [refused, active] = [0, 0];
  for (const { atMs, index } of planned(workload.calls)) {
    clock.advance(Math.max(0, startedMs + atMs - clock.nowMs()));
    const { status, work, waitMs } = answered(resource, testRequest(bodyOf(workload, letters, index)), clock.nowMs());
    if (status === 429) refused++;
    else assert.equal(status, 200);
    if (work !== null) clock.after(waitMs, () => work.end(clock.nowMs(), null));
    active = Math.max(active, resource.deployments.get('chat')?.active ?? 0);
    if (refused >= until) break;
  }
  clock.advance(MINUTE_MS);
  const fromMs = startedMs + WARM_UP_MINUTES * MINUTE_MS;
  const isMeasured = (minuteMs: number) => minuteMs >= fromMs && minuteMs + MINUTE_MS <= fromMs + MINUTES * MINUTE_MS;
  const utilisation = quota.minutes().flatMap((each) => (isMeasured(each.fromMs) ? [each.utilisation] : []));
  return { refused, utilisation, active };
}

const WORKLOADS: readonly Workload[] = [
  { model: 'gpt-5.2', calls: 1_000, prompt: 200, answer: 20 },
  { model: 'gpt-4o', calls: 300, prompt: 1_000, answer: 300 },
  { model: 'gpt-4.1-mini', calls: 250, prompt: 3_000, answer: 150 },
];

for (const workload of WORKLOADS) {
  const { model, calls, prompt, answer } = workload;
  test(`plan capacity: ${calls} calls of ${prompt}/${answer} tokens fit on what it says for ${model}, and not on 10 % less`, () => {
    const [size] = sizesFor(workload);
    assert.ok(size !== undefined);
    const asked = calibrated(workload);
    for (const bucketSeconds of [5, 60]) {
      const { refused, utilisation, active } = run(workload, size.units, { ...asked, bucketSeconds });
      assert.equal(refused, 0, `a bucket of ${bucketSeconds} s`);
      assert.ok(active > 1, 'answers overlap, and hold more than they will have used');
      assert.equal(utilisation.length, MINUTES - 1, 'whole minutes of the clock');
      for (const minute of utilisation) {
        assert.ok(Math.abs(minute - size.utilisation) < 0.05, `${minute} in a minute, ${size.utilisation} foretold`);
      }
      // 10 % below what is used: below the rounded answer there may be room.
      const less = Math.floor(0.9 * size.units * size.utilisation);
      const { refused: tooMany } = run(workload, less, { ...asked, bucketSeconds }, 1);
      assert.equal(tooMany, 1, `${less} units, a bucket of ${bucketSeconds} s`);
    }
  });
}
