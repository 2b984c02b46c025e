/** The whole chat app, through gateway and simulator, holds the floors of its corpus: what the search finds is not lost around it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { CLIENT_KEY, world } from '../world.ts';

/** Of each deployment, so that nothing waits. Thousands of tokens a minute. */
const CAPACITY = 100_000;

test('chat eval: the whole app holds the floors of the corpus, and tells of each question how it went', async (t) => {
  const { gateway } = await world(t, { capacity: CAPACITY, resources: 1 });
  const env = { AZURE_OPENAI_CUSTOM_URL: gateway.url, AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY };
  const { code, stdout, stderr } = await new Command(['chat', 'eval', '--floors', 'corpus', '--no-keep', '--json'], env)
    .ended;
  const { misses, outcomes } = JSON.parse(stdout);
  assert.deepEqual([misses, code], [[], 0], stderr);
  assert.equal(outcomes.length, 120);
});
