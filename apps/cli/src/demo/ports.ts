/** Finds free ports, so that the demo starts on a machine where others listen already. */
import { createServer } from 'node:net';

/** Ports tried beyond the one asked for. */
const TRIES_MAX = 50;
const PORT_MAX = 65_535;

/**
 * The first of `count` free ports in a row, at `from` or as soon above it as there are; `from` 0 takes any free ones.
 * Another program may still take them before they are used: then listening says so.
 */
export async function freePorts(host: string, from: number, count: number, taken: readonly number[]): Promise<number> {
  if (from === 0) return 0;
  for (let port = from; port <= Math.min(from + TRIES_MAX, PORT_MAX - count); port++) {
    const row = Array.from({ length: count }, (_, i) => port + i);
    if (row.some((each) => taken.includes(each))) continue;
    const free = await Promise.all(row.map((each) => isFree(host, each)));
    if (free.every((each) => each)) return port;
  }
  return 0;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
