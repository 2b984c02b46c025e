/**
 * A yardstick, not a proxy for use: node:http in, undici's `dispatch` out, the backends in turn, and nothing else. It says what the
 * libraries cost, and so what is left to the gateway's own code: no retry, no limits, no logs, no timeouts.
 *
 * PORT: where it listens on loopback. BACKEND_PORTS: loopback ports, by comma. BACKEND_KEY: the key sent up.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';

/** What is used of undici 8. Its own types are not imported: the tree's root may hold another major for other packages. */
interface Controller {
  readonly rawHeaders?: readonly Buffer[];
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}
interface Pool {
  dispatch(
    request: { path: string; method: string; headers: readonly string[]; body: Buffer | null },
    handler: Job,
  ): boolean;
}
interface Undici {
  readonly Pool: new (origin: string, options: Readonly<Record<string, number>>) => Pool;
}
// The gateway's undici, wherever npm put it.
const undici: Undici = createRequire(new URL('../apps/gateway/package.json', import.meta.url))('undici');

const LISTEN_BACKLOG = 4096;
const KEEP_ALIVE_MS = 65_000;
const KEY = process.env.BACKEND_KEY ?? '';
const POOL_OPTIONS = { connections: 2048, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 };
const pools = (process.env.BACKEND_PORTS ?? '')
  .split(',')
  .map((port) => new undici.Pool(`http://127.0.0.1:${port}`, POOL_OPTIONS));

const DROPPED_UP = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
  'te',
  'api-key',
]);
const DROPPED_DOWN = new Set(['connection', 'transfer-encoding', 'keep-alive']);

let turn = 0;

function nextPool(): Pool {
  const pool = pools[turn++ % pools.length];
  if (pool === undefined) throw new Error('BACKEND_PORTS is empty: give loopback ports, separated by commas');
  return pool;
}

/** Names and values in turn, as node:http (text) and undici (bytes) give them, without those of `dropped`. */
function passedOn(raw: readonly (string | Buffer)[], dropped: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = textOf(raw[i]);
    if (!dropped.has(name.toLowerCase())) kept.push(name, textOf(raw[i + 1]));
  }
  return kept;
}

function textOf(part: string | Buffer = ''): string {
  return typeof part === 'string' ? part : part.toString('latin1');
}

/** One request: undici's handler, and the body as it is collected. */
class Job {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #parts: Buffer[] = [];
  #controller: Controller | null = null;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    response.sendDate = false;
    request.on('data', (part: Buffer) => this.#parts.push(part));
    request.on('end', () => this.#send());
    response.on('close', () => {
      if (!response.writableFinished) this.#controller?.abort(new Error('the client has gone'));
    });
  }

  #send(): void {
    const [first = null] = this.#parts;
    const body = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first;
    const headers = passedOn(this.#request.rawHeaders, DROPPED_UP);
    headers.push('api-key', KEY);
    nextPool().dispatch({ path: this.#request.url ?? '/', method: this.#request.method ?? 'GET', headers, body }, this);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
  }

  onResponseStart(controller: Controller, status: number): void {
    this.#response.writeHead(status, passedOn(controller.rawHeaders ?? [], DROPPED_DOWN));
  }

  onResponseData(controller: Controller, part: Buffer): void {
    if (this.#response.write(part)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    if (!this.#response.headersSent) this.#response.writeHead(502);
    this.#response.end();
  }
}

const server = createServer((request, response) => new Job(request, response));
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(Number(process.env.PORT), '127.0.0.1', LISTEN_BACKLOG);
