import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkJobs } from './check-jobs.ts';
import { sampleTree } from './sample-tree.ts';

const empty = sampleTree({});
after(empty.remove);

test('checkJobs: a tree without any test fails', async () => {
  const last = checkJobs(empty.root).at(-1);
  const report = await last?.run();
  assert.equal(report?.tally.failed, 1);
  assert.match(
    report?.failures.join() ?? '',
    /no file named \*\.test\.ts below test\/tidy, packages, apps, scripts, bench/,
  );
});

test('checkJobs: names each job once', () => {
  const names = checkJobs(empty.root).map((job) => job.name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length > 8, `${names.length} jobs`);
});
