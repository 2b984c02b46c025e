/** Runs beside {@link openLocalThread}: the local stores in a thread of their own, one call after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { Receiving } from './handing.ts';
import { openLocal } from './local.ts';

const port = parentPort;
if (port === null) throw new Error('thread.ts runs in a worker alone');

try {
  const { documents, conversations } = openLocal(String(workerData));
  const receiving = new Receiving(documents);
  port.on('message', ({ id, store, method, values }: Call) => {
    const isHanded = store === 'documents' && (method === 'hand' || method === 'put');
    const of: object = isHanded ? receiving : store === 'documents' ? documents : conversations;
    const called: unknown = Reflect.apply(Reflect.get(of, method), of, values);
    Promise.resolve(called).then(
      (value) => port.postMessage({ id, value }),
      (error: unknown) => port.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  port.postMessage({ id: 0, value: null });
} catch (error) {
  port.postMessage({ id: 0, error: error instanceof Error ? error.message : String(error) });
}

export interface Call {
  readonly id: number;
  readonly store: 'documents' | 'conversations';
  readonly method: string;
  readonly values: readonly unknown[];
}
