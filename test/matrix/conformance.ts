/** `npm run conformance`: what a client gets directly equals what it gets through the gateway, cell by cell. Exit 1 where one differs. */
import { FLOWS, isFailed, printMatrix, runMatrix } from './conformance-table.ts';

const results = await runMatrix(FLOWS);
console.log(printMatrix(results));
process.exitCode = results.some(isFailed) ? 1 : 0;
