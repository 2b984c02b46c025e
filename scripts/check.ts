/** `npm run check`: format, lint, types, dead code, generated documents, the tree's own rules, unit tests. Under a minute on two processors. */
import { join } from 'node:path';
import { checkJobs } from './run/check-jobs.ts';
import { runEveryJob } from './run/every-job.ts';
import { refuseOldNode } from './run/node-version.ts';

refuseOldNode('check');
await runEveryJob(checkJobs(join(import.meta.dirname, '..')), () => {});
