/** The official `openai` package of Python as a judge of the simulator, where it is installed: simulator-judge.py. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { simulated } from './simulated.ts';

/** Not a program but a package of one: no continuous integration has to install it. */
const absent = spawnSync('python3', ['-c', 'import openai']).status !== 0;
const skip = absent && 'python3 has no package `openai`; `python3 -m pip install openai` gives it one';

const JUDGING_MS_MAX = 60_000;

test('openai for Python: chat, completions, embeddings, Responses, errors, and the wait after a 429', {
  skip,
}, async (t) => {
  const of = await simulated(t);
  await of.admin('/admin/resources/openai1/deployments', { name: 'throttled', model: 'gpt-4o', capacity: 1000 });
  const judge = join(import.meta.dirname, 'simulator-judge.py');
  const options = { timeout: JUDGING_MS_MAX };
  const { stdout } = await promisify(execFile)('python3', [judge, of.url, of.simulator.adminUrl, of.key], options);
  const { checks } = JSON.parse(stdout);
  assert.deepEqual(checks, ['chat', 'embeddings', 'completions', 'responses', 'errors', 'retries']);
  const statuses = of.simulator.journal.entries().filter((entry) => entry.deployment === 'throttled');
  assert.deepEqual(
    statuses.map((entry) => entry.status),
    [429, 429, 429, 200],
    'one refusal for each client, one for the retry, which then waits as long as it was told',
  );
});
