/** Runs comparisons in a thread of its own, one after the other, as they are asked for. */
import { parentPort } from 'node:worker_threads';
import { compareSeed, type SeedSpec } from './compare-seed.ts';

parentPort?.on('message', (spec: SeedSpec) => {
  parentPort?.postMessage(compareSeed(spec));
});
