/** Entry of the `spillway` command: runs it and turns what happened into an exit code. */
import { setFlagsFromString } from 'node:v8';
import { EXIT } from './exit.ts';
import { run } from './program.ts';

/**
 * V8 learns where objects that live long are made, and from then on makes all of that place in old space at once, until a full collection
 * has looked at them. The gateway keeps some decisions for minutes and forgets most in milliseconds, and both are made at the same place:
 * without this, a fifth of its CPU goes into garbage collection (docs/performance.md).
 */
setFlagsFromString('--no-allocation-site-pretenuring');

/** Whoever reads our output may stop early (`spillway check | head`); that is no failure. */
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});
/** Progress that nobody reads any more, as when the terminal has gone, stops nothing. */
process.stderr.on('error', () => {});

/** Timers of ours do not keep a process alive, so a command that only waits for one would end in the middle, and as if all were well. */
const alive = setInterval(() => {}, 2 ** 30);
process.exitCode = EXIT.failed;
process.exitCode = await run(process.argv.slice(2), process.env);
clearInterval(alive);
