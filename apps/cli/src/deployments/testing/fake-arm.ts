/** For tests: a control plane that answers as it is told, and a clock on which waiting takes no time. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { setImmediate } from 'node:timers';
import type { Clock } from '@spillway/clock';
import type { Environment } from '../../flags.ts';
import { REQUEST_MS_MAX } from '../arm-client.ts';
import type { Io } from '../io.ts';
import type { LoadIdentity } from '../sign-in.ts';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is. */
  readonly body?: unknown;
}

export class FakeArm implements AsyncDisposable {
  readonly #server: Server;
  readonly asked: Asked[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param answer null: none, ever. */
  static async start(answer: (asked: Asked, count: number) => Answer | null): Promise<FakeArm> {
    const server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      request.on('end', () => {
        const asked: Asked = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body: text === '' ? null : JSON.parse(text),
        };
        fake.asked.push(asked);
        const told = answer(asked, fake.asked.length);
        if (told === null) return;
        response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
        const { body } = told;
        response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    const fake = new FakeArm(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Waits are over at the next turn, and their time has passed then. The deadline of a request, which is as long as any, never comes. */
export class HastyClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 21);
  /** Of each wait. */
  readonly waitedMs: number[] = [];
  readonly #onWait: (ms: number) => void;

  /** @param onWait told of each wait as it ends, so that another clock may follow. */
  constructor(onWait: (ms: number) => void = () => {}) {
    this.#onWait = onWait;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void) {
    if (delayMs >= REQUEST_MS_MAX) return { cancel: () => {} };
    let isOn = true;
    setImmediate(() => {
      if (!isOn) return;
      this.waitedMs.push(delayMs);
      this.#nowMs += delayMs;
      this.#onWait(delayMs);
      run();
    });
    return {
      cancel: () => {
        isOn = false;
      },
    };
  }
}

export interface HeldIo extends Io {
  readonly clock: HastyClock;
  readonly written: { out: string; err: string };
}

const nobody: LoadIdentity = () => Promise.reject(new Error('a test signs in nowhere'));

export function heldIo(env: Environment = {}, loadIdentity = nobody, onWait = (_: number) => {}): HeldIo {
  const written = { out: '', err: '' };
  return {
    clock: new HastyClock(onWait),
    env,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    loadIdentity,
    stopAsked: () => new Promise(() => {}),
    written,
  };
}

/** A deployment as Azure shows it. */
export function armDeployment(
  name: string,
  over: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/openai1/deployments/${name}`,
    type: 'Microsoft.CognitiveServices/accounts/deployments',
    name,
    sku: { name: 'ProvisionedManaged', capacity: 100 },
    properties: {
      model: { format: 'OpenAI', name: 'gpt-4', version: '0613' },
      versionUpgradeOption: 'OnceNewDefaultVersionAvailable',
      capabilities: { chatCompletion: 'true' },
      provisioningState: 'Succeeded',
      ...over,
    },
  };
}
