/**
 * The calculator's answer, sent as load over sockets: what `spillway plan capacity` says is needed carries the traffic of
 * `spillway bench load` without a 429, as full as it said; a tenth less does not. The bucket is 5 s deep, so that seconds are enough.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSimulator } from '@spillway/simulator';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { measuredSteadily } from '../steady.ts';

const BUCKET_SECONDS = 5;
const CALLS_PER_MINUTE = 1_200;
const MODEL = 'gpt-4o';
const SHAPE = ['-s', 'custom', '-p', '120', '-m', '20'];
/** What the bucket holds when the comparison begins: room for seconds of calls that come late and together, and none to speak of. */
const HALF_FULL = 0.6;
const FULL = 0.9;
/** Standing still for longer, the load is no longer even enough to be compared. */
const STEADY = { stillMsMax: 200 };

interface Bucket {
  readonly atMs: number;
  /** 1: full. */
  readonly level: number;
}

interface Stage {
  readonly url: string;
  readonly key: string;
  bucket(): Promise<Bucket>;
  /** @param level 1: full. */
  fill(level: number): Promise<void>;
}

async function stage(t: TestContext, capacity: number): Promise<Stage> {
  const simulator = await startSimulator({
    port: 0,
    resources: [
      {
        name: 'openai1',
        latency: { firstTokenMs: 0, perTokenMs: 0 },
        deployments: [
          { name: 'ptu', model: MODEL, type: 'GlobalProvisionedManaged', capacity, bucketSeconds: BUCKET_SECONDS },
        ],
      },
    ],
  });
  t.after(() => simulator.close());
  const [resource] = simulator.resources;
  assert.ok(resource !== undefined);
  return {
    url: resource.url,
    key: resource.key,
    bucket: async () => {
      const state: unknown = await (await fetch(`${simulator.adminUrl}/admin/state`)).json();
      return {
        atMs: numberAt(state, 'clock', 'nowMs'),
        level: numberAt(state, 'resources', 0, 'deployments', 0, 'bucket', 'utilisation'),
      };
    },
    fill: async (level) => {
      const to = `${simulator.adminUrl}/admin/resources/openai1/deployments/ptu/counters`;
      const answer = await fetch(to, { method: 'PUT', body: JSON.stringify({ utilisation: level }) });
      assert.equal(answer.status, 200, await answer.text());
    },
  };
}

function numberAt(value: unknown, ...path: ReadonlyArray<string | number>): number {
  let found = value;
  for (const key of path) {
    assert.ok(typeof found === 'object' && found !== null, `nothing at ${path.join('.')}`);
    found = Reflect.get(found, key);
  }
  assert.equal(typeof found, 'number', path.join('.'));
  return Number(found);
}

async function printed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { code, stdout, stderr } = await new Command(args, env).ended;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Tokens of a call as the simulator's usage has them: it estimates them from characters. */
async function callOf({ url, key }: Stage): Promise<{ readonly prompt: number; readonly answer: number }> {
  const args = ['bench', 'load', url, '-e', 'ptu', ...SHAPE, '-n', '10', '-c', '1', '--json'];
  const report = await printed(args, { OPENAI_API_KEY: key });
  return {
    prompt: numberAt(report, 'targets', 0, 'contextTokens', 'avg'),
    answer: numberAt(report, 'targets', 0, 'genTokens', 'avg'),
  };
}

interface Seen {
  readonly throttled: number;
  readonly completed: number;
  /** What was used by what drains, while the bucket was not empty: by the bucket itself, not by our own count. */
  readonly utilisation: number;
}

/** The load begins, the bucket is filled, and some seconds later both are looked at. */
async function load(on: Stage, level: number): Promise<Seen> {
  const flags = ['-e', 'ptu', ...SHAPE, '-r', String(CALLS_PER_MINUTE), '-d', '14', '-f', 'jsonl'];
  const command = new Command(['bench', 'load', on.url, ...flags], { OPENAI_API_KEY: on.key });
  await command.sees(/"run_seconds":1,/);
  await on.fill(level);
  const before = await on.bucket();
  await command.sees(/"run_seconds":11,/);
  const after = await on.bucket();
  await command.ended;
  const last: unknown = JSON.parse(command.stdout.trimEnd().split('\n').at(-1) ?? '');
  const seconds = (after.atMs - before.atMs) / 1_000;
  return {
    throttled: numberAt(last, 'throttled'),
    completed: numberAt(last, 'completed'),
    utilisation: 1 + ((after.level - before.level) * BUCKET_SECONDS) / seconds,
  };
}

test('plan capacity: what it answers carries the load of bench without a 429 and is as full as it said; a tenth less is not enough', async (t) => {
  const { prompt, answer } = await callOf(await stage(t, 1_000));
  const traffic = [
    '--calls',
    String(CALLS_PER_MINUTE),
    '--prompt-tokens',
    String(prompt),
    '--answer-tokens',
    String(answer),
  ];
  const plan = await printed(['plan', 'capacity', '--model', MODEL, ...traffic, '--arrivals', 'even', '--json']);
  const units = numberAt(plan, 0, 'sizes', 0, 'units');
  const predicted = numberAt(plan, 0, 'sizes', 0, 'utilisation');
  assert.ok(predicted > 0.9, `rounding leaves little room: ${predicted}`);

  const both = await measuredSteadily(t, STEADY, async () =>
    Promise.all([load(await stage(t, units), HALF_FULL), load(await stage(t, 0.9 * units), FULL)]),
  );
  if (both === null) return;
  const [enough, less] = both;
  assert.equal(enough.throttled, 0, JSON.stringify({ units, predicted, enough }));
  assert.equal(enough.completed, (CALLS_PER_MINUTE * 14) / 60);
  assert.ok(Math.abs(enough.utilisation - predicted) <= 0.05, JSON.stringify({ units, predicted, enough }));
  assert.ok(less.throttled > 0, JSON.stringify({ units, predicted, less }));
});
