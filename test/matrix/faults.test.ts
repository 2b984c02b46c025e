/** The fault matrix whole; `npm run faults` prints it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printFaults } from './faults-print.ts';
import { runFaults } from './faults-run.ts';

test('faults: whatever fails, and whenever, a request is served elsewhere or ends well-formed, and nothing is done twice (seed 11)', async () => {
  const results = await runFaults();
  assert.ok(results.length > 500, `only ${results.length} cells`);
  const failed = results.filter(({ problem }) => problem !== null);
  assert.equal(failed.length, 0, printFaults(failed));
});
