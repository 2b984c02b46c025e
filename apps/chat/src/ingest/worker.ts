/** Runs in a worker thread: reads one document after the other, see worker-reader.ts. */
import { parentPort } from 'node:worker_threads';
import { read } from './read.ts';
import type { ReadAsk } from './reading.ts';

parentPort?.on('message', async (ask: ReadAsk) => {
  parentPort?.postMessage(await read(ask));
});
