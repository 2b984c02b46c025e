/** The gateway as platforms run it: a process, told by its environment, ended by SIGTERM. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../apps/cli/bin/spillway.mjs', import.meta.url));

export interface GatewayProcess {
  readonly url: string;
  /** What it wrote so far, both streams. */
  readonly written: () => string;
  /** Waits until it has written that. Rejects when it ends before. */
  readonly says: (what: string) => Promise<void>;
  /** Ends it as platforms do. @returns its exit code once it has, and all that it wrote is there; null: a signal ended it. */
  readonly end: () => Promise<number | null>;
}

/** @param configuration text of its file. */
export async function gatewayProcess(
  t: TestContext,
  configuration: string,
  env: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-deploy-'));
  const file = join(folder, 'spillway.yaml');
  writeFileSync(file, configuration);
  const [port, adminPort] = [await freePort(), await freePort()];
  const flags = { SPILLWAY_CONFIG: file, SPILLWAY_PORT: `${port}`, SPILLWAY_ADMIN_PORT: `${adminPort}` };
  const child = spawn(process.execPath, [PROGRAM, 'gateway'], {
    // Nothing of this machine's environment but where programs are: a container has none of it either.
    env: { PATH: process.env.PATH, ...env, ...flags },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const output = new Output(child);
  const url = `http://127.0.0.1:${port}`;
  await output.says(url);
  const end = (): Promise<number | null> => {
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    return ended;
  };
  return { url, written: () => output.text, says: (what) => output.says(what), end };
}

/** Both streams of a process, and who waits for something in them. */
class Output {
  text = '';
  readonly #waiting = new Set<{
    readonly what: string;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }>();

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => this.#add(String(piece)));
    child.on('exit', (code) => {
      for (const { what, reject } of this.#waiting)
        reject(new Error(`ended with ${code} before '${what}':\n${this.text}`));
    });
  }

  says(what: string): Promise<void> {
    if (this.text.includes(what)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.add({ what, resolve, reject }));
  }

  #add(piece: string): void {
    this.text += piece;
    for (const waiter of this.#waiting) {
      if (!this.text.includes(waiter.what)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}

/** @returns 0 where nobody answers. */
export async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/** A backend that answers when it is told to, or at once. */
export class HeldBackend {
  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void } | null = null;
  isHolding = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(t: TestContext): Promise<HeldBackend> {
    const server = createServer();
    const backend = new HeldBackend(server);
    server.on('request', (request, response) => {
      request.resume();
      const answer = (): void => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"object":"chat.completion","choices":[]}');
      };
      if (backend.isHolding) backend.#hold(answer);
      else answer();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return backend;
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  }

  /** Waits until so many requests are held. */
  holds(count: number): Promise<void> {
    if (this.#held.length >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { count, resolve };
    });
  }

  #hold(answer: () => void): void {
    this.#held.push(answer);
    if (this.#waiting !== null && this.#held.length >= this.#waiting.count) this.#waiting.resolve();
  }

  release(): void {
    this.isHolding = false;
    for (const answer of this.#held.splice(0)) answer();
  }
}

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
