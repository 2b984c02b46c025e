/**
 * `npm test`: the check, then every test below test/. With paths (`npm test -- test/e2e`) only the tests of those files and folders.
 * Tests that need another program are skipped where it is not installed; with CI=true they fail instead (test/tool.ts).
 */
import { join } from 'node:path';
import { runEveryJob, showProgress } from './run/every-job.ts';
import { refuseOldNode } from './run/node-version.ts';
import { selectTests } from './run/select-tests.ts';

refuseOldNode('test');
const selection = selectTests(join(import.meta.dirname, '..'), process.cwd(), process.argv.slice(2));
if (selection.kind === 'usage') {
  console.error(selection.text);
  process.exitCode = 2;
} else {
  await runEveryJob(selection.jobs, showProgress);
}
