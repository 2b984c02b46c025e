import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Job, runJobs } from './jobs.ts';
import { failure, type Report } from './report.ts';

/** Jobs that end when told to, so that a test decides the order. */
function heldJobs(names: readonly string[]) {
  const started: string[] = [];
  const held = new Map<string, PromiseWithResolvers<Report>>();
  const jobs = names.map((name): Job => {
    const end = Promise.withResolvers<Report>();
    held.set(name, end);
    return {
      name,
      run: () => {
        started.push(name);
        return end.promise;
      },
    };
  });
  const end = (name: string) => held.get(name)?.resolve(failure(name));
  return { jobs, started, end };
}

test('runJobs: runs no more at a time than its width, and reports in the order of the jobs', async () => {
  const { jobs, started, end } = heldJobs(['a', 'b', 'c']);
  const done: string[] = [];
  const reports = runJobs(jobs, 2, (job) => {
    done.push(job.name);
    if (job.name === 'b') end('c');
    if (job.name === 'c') end('a');
  });
  assert.deepEqual(started, ['a', 'b']);
  end('b');
  assert.deepEqual(
    (await reports).map((report) => report.failures),
    [['a'], ['b'], ['c']],
  );
  assert.deepEqual(done, ['b', 'c', 'a']);
});

test('runJobs: tells how long each job took, in milliseconds', async () => {
  const clock = new FakeClock();
  const { jobs, end } = heldJobs(['a', 'b']);
  const took: Array<[string, number]> = [];
  const reports = runJobs(
    jobs,
    1,
    (job, _, tookMs) => {
      took.push([job.name, tookMs]);
      clock.advance(500);
      end('b');
    },
    clock,
  );
  clock.advance(2000);
  end('a');
  await reports;
  assert.deepEqual(took, [
    ['a', 2000],
    ['b', 0],
  ]);
});

test('runJobs: a job that throws has failed, and the others still run', async () => {
  const bad: Job = { name: 'bad', run: () => Promise.reject(new Error('out of luck')) };
  const good: Job = { name: 'good', run: () => Promise.resolve(failure('good ran')) };
  const [first, second] = await runJobs([bad, good], 1);
  assert.match(first?.failures.join() ?? '', /^bad\n.*out of luck/);
  assert.deepEqual(second?.failures, ['good ran']);
});

test('runJobs: no jobs, no reports', async () => {
  assert.deepEqual(await runJobs([], 2), []);
});
