/** The test rig: fake backends and proxies, started on loopback, each proxy tried once before it is measured. */
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, type Children, lastWords } from './children.ts';
import { type Command, type ProxyName, prepare, type Site, type SubjectName } from './subjects.ts';

export const BACKEND_COUNT = 3;
/** Ports are taken from here upwards: below those that Linux hands out for outgoing connections. */
const PORT_FIRST = 18_100;
const PORT_LAST = 18_999;
const START_MS_MAX = 20_000;
const START_POLL_MS = 50;
const TRIAL_MS_MAX = 10_000;
const TRIAL_BYTES = 2_048;
const TRIAL_CHUNKS = 10;

/** Something to put load on. */
export interface Running {
  readonly name: SubjectName;
  readonly port: number;
  /** null for `direct`: the backend is not what is measured. */
  readonly child: Child | null;
}

/** Hands out loopback ports that nobody listens on, each once. */
export class Ports {
  #next = PORT_FIRST;

  async free(): Promise<number> {
    while (this.#next <= PORT_LAST) {
      const port = this.#next++;
      if (await isFree(port)) return port;
    }
    throw new Error(`no free port from ${PORT_FIRST} to ${PORT_LAST}: end what listens there`);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export interface RigSettings {
  readonly site: Site;
  readonly backend: string;
  readonly proxyCpu: number;
  readonly loadCpu: number;
}

export class Rig {
  readonly #children: Children;
  readonly #ports: Ports;
  readonly #settings: RigSettings;

  constructor(children: Children, ports: Ports, settings: RigSettings) {
    this.#children = children;
    this.#ports = ports;
    this.#settings = settings;
  }

  async startBackends(): Promise<void> {
    const { site, backend, loadCpu } = this.#settings;
    const command: Command = {
      file: backend,
      args: ['--ports', site.backendPorts.join(',')],
      env: {},
      dir: site.workDir,
    };
    const child = await this.#children.start('backend', command, loadCpu);
    for (const port of site.backendPorts) await listening(child, port);
  }

  /** Starts a subject and makes sure that it passes an answer and a stream on whole. */
  async start(name: SubjectName): Promise<Running> {
    const running = name === 'direct' ? this.#direct() : await this.#startProxy(name);
    await tryOut(running);
    return running;
  }

  async stop(running: Running): Promise<void> {
    if (running.child !== null) await this.#children.stop(running.child);
  }

  #direct(): Running {
    return { name: 'direct', port: this.#settings.site.backendPorts[0] ?? 0, child: null };
  }

  async #startProxy(name: ProxyName): Promise<Running> {
    const { site, proxyCpu } = this.#settings;
    const port = await this.#ports.free();
    const adminPort = await this.#ports.free();
    const child = await this.#children.start(name, prepare(name, port, adminPort, site), proxyCpu);
    await listening(child, port);
    return { name, port, child };
  }
}

/** Waits until the process accepts connections; throws, with its last words, when it ends or takes too long. */
async function listening(child: Child, port: number): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (performance.now() < deadline && !child.hasEnded()) {
    if (await accepts(port)) return;
    await sleep(START_POLL_MS);
  }
  const how = child.hasEnded()
    ? 'ended at its start'
    : `did not listen on port ${port} within ${START_MS_MAX / 1000} s`;
  throw new Error(
    `${child.name} ${how}. Its last words (more in ${path.relative('.', child.dir)}):\n${lastWords(child)}`,
  );
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** One answer and one stream through the proxy: what is broken must not be measured. */
async function tryOut({ name, port }: Running): Promise<void> {
  const answer = await ask(port, false);
  if (answer.status !== 200 || answer.text.length !== TRIAL_BYTES) {
    throw new Error(
      `${name} answered ${answer.status} with ${answer.text.length} bytes, not 200 with ${TRIAL_BYTES}: ${answer.text.slice(0, 300)}`,
    );
  }
  const stream = await ask(port, true);
  const events = stream.text.split('"ts:').length - 1;
  if (stream.status !== 200 || events !== TRIAL_CHUNKS || !stream.text.endsWith('data: [DONE]\n\n')) {
    throw new Error(
      `${name} streamed ${stream.status} with ${events} of ${TRIAL_CHUNKS} events, ending in ${JSON.stringify(stream.text.slice(-80))}`,
    );
  }
}

/** A chat completion request with wishes for backend.c at its end. */
async function ask(port: number, stream: boolean): Promise<{ readonly status: number; readonly text: string }> {
  const wishes = `bench:size=${TRIAL_BYTES},chunks=${TRIAL_CHUNKS},interval=2000`;
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], stream, user: wishes };
  const response = await fetch(
    `http://127.0.0.1:${port}/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': 'not-checked-on-loopback' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TRIAL_MS_MAX),
    },
  );
  return { status: response.status, text: await response.text() };
}
