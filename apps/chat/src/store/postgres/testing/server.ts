/** PostgreSQL for tests: one server for a test file, an empty schema for each test. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface TestServer {
  readonly url: string;
  end(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const worker = new Worker(new URL('worker.ts', import.meta.url));
  const [port] = await once(worker, 'message');
  return {
    url: `postgres://postgres@127.0.0.1:${Number(port)}/postgres`,
    end: async () => void (await worker.terminate()),
  };
}
