/** The demo as a newcomer starts it: one bounded round, in real time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figures } from '../../apps/cli/src/demo/figures.ts';
import { Command } from '../../apps/cli/src/testing/command.ts';

test('spillway demo --once --json: answers every request through the gateway, while one resource alone refuses many', async () => {
  const demo = new Command(['demo', '--once', '--json', '--port', '0']);
  const { code, stdout, stderr } = await demo.ended;
  assert.equal(code, 0, stderr);
  const figures: Figures = JSON.parse(stdout);
  assert.equal(figures.verdict, 'passed');
  assert.deepEqual(figures.failures, []);
  const { load, direct, spillway, throttles, deployments } = figures;
  assert.equal(spillway.answered, load.requests);
  assert.ok(throttles < direct.refused429, 'a refusal that is foreseen is none');
  assert.ok(direct.refused429 >= 10, 'one resource alone must not do');
  assert.equal(direct.answered + direct.refused429, load.requests, direct.failures.join('; '));
  assert.equal(
    deployments.reduce((sum, { served }) => sum + served, 0),
    load.requests,
  );
  assert.match(stderr, /Proxying to http:\/\/127\.0\.0\.1:\d+ \(openai2\): 200/);
});
