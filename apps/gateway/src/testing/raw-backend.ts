/** A backend on a real socket that answers byte for byte what the test says, sense or nonsense. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Config } from '@spillway/config';
import { DEFAULT_DOORS, DEFAULT_GATEWAY } from '@spillway/config';
import { type Backend, DEFAULT_POLICY, type Fleet, type OpenBackend } from '@spillway/policy';

export interface RawRequest {
  /** Head and body as they came, latin1. */
  readonly text: string;
  readonly path: string;
  readonly socket: Socket;
}

export interface RawBackend {
  readonly url: string;
  readonly requests: RawRequest[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** @param respond called once for each whole request. */
export async function rawBackend(respond: (request: RawRequest) => void): Promise<RawBackend> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    readRequests(socket, (request) => {
      requests.push(request);
      respond(request);
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Enough of HTTP to know where a request ends: content-length only. */
function readRequests(socket: Socket, done: (request: RawRequest) => void): void {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (;;) {
      const headEnd = text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (text.length < end) return;
      const whole = text.slice(0, end);
      text = text.slice(end);
      done({ text: whole, path: whole.split(' ')[1] ?? '', socket });
    }
  });
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A configuration of open backends at these URLs, in order of priority. */
export function configFor(urls: readonly string[], settings: Partial<Config> = {}): Config {
  const backends = urls.map((url, i): Backend => {
    return {
      name: `openai${i + 1}`,
      url,
      credential: { kind: 'key', key: `key-${i + 1}` },
      region: null,
      dialect: 'both',
      apiVersion: null,
    };
  });
  const unknown = { type: null, capacity: null, weight: 1 };
  const openBackends = backends.map((backend, i): OpenBackend => {
    return { backend, deploymentName: null, priority: i + 1, ...unknown };
  });
  const resources = backends.map((backend, i) => {
    return {
      id: `${backend.name}/`,
      backend,
      name: '',
      model: null,
      modelVersion: null,
      contentFilter: null,
      contextTokens: null,
      features: [],
      requestsPerMinute: null,
      quotaKey: null,
      priority: i + 1,
      ...unknown,
    };
  });
  const fleet: Fleet = {
    backends,
    deployments: [],
    pools: new Map(),
    openBackends,
    resources: { name: 'resources', members: resources },
  };
  return {
    fleet,
    policy: DEFAULT_POLICY,
    clients: [],
    gateway: DEFAULT_GATEWAY,
    doors: DEFAULT_DOORS,
    prices: null,
    ...settings,
  };
}
