/** Runs in a worker thread: one share of a run. Told to begin when all workers are ready. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@spillway/clock';
import type { FromWorker, ToWorker, WorkerTask } from './pool.ts';
import { prepareShare, type Share } from './share.ts';

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

async function main({ spec, worker }: WorkerTask): Promise<void> {
  const begin = await prepareShare(
    { spec, worker },
    {
      clock: systemClock,
      env: process.env,
      onResults: (results, underWay) => tell({ kind: 'results', results, underWay }),
      onEarlyEnd: (why) => tell({ kind: 'endsEarly', why }),
    },
  );
  let share: Share | null = null;
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'begin') {
      share = begin(message.startedAtMs);
      share.ended.then((report) => {
        tell({ kind: 'ended', report });
        parentPort?.close();
      }, fail);
    } else if (message.kind === 'stop') share?.stop();
    else share?.cancel();
  });
  tell({ kind: 'ready' });
}

function fail(error: unknown): void {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}

main(workerData as WorkerTask).catch(fail);
