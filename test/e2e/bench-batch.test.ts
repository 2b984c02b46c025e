/** `spillway bench batch`, `combine` and `samples` as somebody runs them, one behind the other, against the simulator. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { world } from '../world.ts';

test('bench batch: runs, their logs, one table of them, and one of their calls', async (t) => {
  const { simulator } = await world(t, { resources: 1 });
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  const path = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const logs = join(path, 'logs');
  const list = ['--token-rate-workload-list', '100-5-none,200-6-none', '--num-batches', '2'];
  const load = ['-e', 'chat', '-n', '3', '-c', '1', '--batch-start-interval', '0', '--log-save-dir', logs];
  const ended = await new Command(['bench', 'batch', url, ...load, ...list], { OPENAI_API_KEY: key }).ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /run 4 of 4 \(round 2 of 2\): 200-6-none\n[\s\S]*4 runs are written to .*runs\.csv/);
  assert.deepEqual(readdirSync(logs).toSorted(), ['batch-1', 'batch-2', 'runs.csv']);

  const [runs, calls] = [join(path, 'runs.csv'), join(path, 'calls.csv')];
  const combine = ['bench', 'combine', logs, runs, '--load-recursive', '--include-raw-request-info'];
  assert.equal((await new Command(combine).ended).code, 0);
  const samples = await new Command(['bench', 'samples', runs, calls, '--exclude-failed-requests']).ended;
  assert.equal(samples.code, 0, samples.stderr);
  const [head = '', ...rows] = readFileSync(calls, 'utf8').trimEnd().split('\n');
  assert.equal(rows.length, 12);
  const at = head.split(',').indexOf('generated_tokens');
  assert.deepEqual(rows.map((row) => row.split(',')[at]).toSorted(), [...Array(6).fill('5'), ...Array(6).fill('6')]);
});
