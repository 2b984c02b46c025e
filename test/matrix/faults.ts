/** `npm run faults`: whatever fails, and whenever, each request is served elsewhere or ends well-formed. Exit 1 where one does not. */
import { printFaults } from './faults-print.ts';
import { runFaults } from './faults-run.ts';

const results = await runFaults();
console.log(printFaults(results));
process.exitCode = results.some(({ problem }) => problem !== null) ? 1 : 0;
