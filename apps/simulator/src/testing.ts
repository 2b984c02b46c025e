/** For tests: a small HTTP client that tells what really came over the wire, and a simulator whose time is held by hand. */
import { type ClientRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import type { RequestLine } from './journal.ts';
import type { ResourceOptions } from './options.ts';
import { type Simulator, type StartOptions, startSimulator } from './simulator.ts';

export interface Received {
  /** null: the connection broke before a head came. */
  readonly status: number | null;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body came to its proper end. */
  readonly whole: boolean;
  /** Of the connection, where it broke: `ECONNRESET`. */
  readonly errorCode: string | null;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: unknown;
  /** Called with the request once it is on its way, to abort it. */
  readonly onRequest?: (sent: ClientRequest) => void;
  readonly onData?: (textSoFar: string) => void;
}

/** Sends one request on a connection of its own and tells what came back, whole or broken; never throws for what the server did. */
export function send(url: string, sending: Sending = {}): Promise<Received> {
  const { promise, resolve } = Promise.withResolvers<Received>();
  const { method = sending.body === undefined ? 'GET' : 'POST', headers = {} } = sending;
  const sent = request(url, { method, headers, agent: false });
  let received: Received = { status: null, statusText: '', headers: {}, text: '', whole: false, errorCode: null };
  const broken = (error: NodeJS.ErrnoException): void =>
    resolve({ ...received, errorCode: error.code ?? error.message });
  sent.on('error', broken);
  sent.on('response', (response) => {
    const { statusCode = null, statusMessage = '' } = response;
    received = { ...received, status: statusCode, statusText: statusMessage, headers: response.headers };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      received = { ...received, text: received.text + text };
      sending.onData?.(received.text);
    });
    response.on('error', broken);
    response.on('end', () => resolve({ ...received, whole: response.complete }));
  });
  sent.end(
    sending.body === undefined || typeof sending.body === 'string' ? sending.body : JSON.stringify(sending.body),
  );
  sending.onRequest?.(sent);
  return promise;
}

/** Turns of the event loop that {@link until} looks on for. */
const TURNS_MAX = 200_000;

/** Lets the event loop turn until something is so; no time is waited. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < TURNS_MAX; i++) {
    await turn();
    if (isSo()) return;
  }
  throw new Error(`never happened: ${what}`);
}

export const HELLO = { messages: [{ role: 'user', content: 'Hello' }] };
export const STREAM = { ...HELLO, stream: true };

export interface Bench {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  /** Requests that have ended. */
  readonly lines: RequestLine[];
  /** Sends a chat completion to the deployment `chat` of the first resource. */
  chat(body: unknown, sending?: Sending): Promise<Received>;
  /** Sends JSON to the admin port. */
  admin(method: string, path: string, body?: unknown): Promise<Received>;
  addFault(fault: unknown): Promise<void>;
}

/** A simulator with answers that take no time, unless said otherwise, for as long as `run` takes. */
export async function withSimulator(
  run: (bench: Bench) => Promise<void>,
  resource: Partial<ResourceOptions> = {},
  options: Partial<StartOptions> = {},
): Promise<void> {
  const clock = new FakeClock();
  const lines: RequestLine[] = [];
  const simulator = await startSimulator({
    port: 0,
    clock,
    resources: [{ name: 'openai1', latency: { firstTokenMs: 0, perTokenMs: 0 }, ...resource }],
    onRequest: (line) => lines.push(line),
    ...options,
  });
  const url = simulator.resources[0]?.url ?? '';
  const headers = { 'content-type': 'application/json', 'api-key': simulator.resources[0]?.key ?? '' };
  const admin = (method: string, path: string, body?: unknown): Promise<Received> =>
    send(`${simulator.adminUrl}${path}`, { method, body });
  try {
    await run({
      simulator,
      clock,
      lines,
      chat: (body, sending) =>
        send(`${url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`, { headers, body, ...sending }),
      admin,
      addFault: async (fault) => {
        const added = await admin('POST', '/admin/faults', fault);
        if (added.status !== 201) throw new Error(added.text);
      },
    });
  } finally {
    await simulator.close();
  }
}

/** The JSON of the data lines, without the end mark. */
export function eventsIn(text: string) {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {') && event.endsWith('}'))
    .map((event) => JSON.parse(event.slice(6)));
}

/** The words of a stream, as far as they came. */
export function wordsIn(text: string): string {
  return eventsIn(text)
    .map((event) => event.choices[0]?.delta.content ?? '')
    .join('');
}
