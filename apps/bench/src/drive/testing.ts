/** Parts for tests of what sends: a clock as the run counts, a sender held by hand, raw servers. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Clock } from '@spillway/clock';
import { NO_USAGE } from '@spillway/protocol';
import type { Sends } from './one-call.ts';
import { type Answered, type RunClock, runClock, type Sent } from './sender.ts';

/** Time since now. */
export function runClockOf(clock: Clock): RunClock {
  return runClock(clock, clock.nowMs());
}

/** What a call asks, where that is of no matter. */
export const SENT: Sent = { address: 'http://127.0.0.1:9/', headers: {}, body: '{}', api: 'chat', timeoutMs: 60_000 };

/** Answers when and what the test says. */
export class HandSender implements Sends {
  readonly #clock: RunClock;
  /** Not answered yet, oldest first. */
  readonly open: Array<{
    readonly answer: (of?: Partial<Answered>) => void;
    /** The answer's head comes. */
    readonly begin: (status?: number) => void;
    readonly sentMs: number;
  }> = [];
  readonly sentMs: number[] = [];

  constructor(clock: RunClock) {
    this.#clock = clock;
  }

  send(_: Sent, done: (answered: Answered) => void, begun: (status: number) => void = () => {}): { cancel(): void } {
    const sentMs = this.#clock.nowMs();
    this.sentMs.push(sentMs);
    const one = {
      sentMs,
      begin: (status = 200) => begun(status),
      answer: (of: Partial<Answered> = {}) => {
        const at = this.open.indexOf(one);
        if (at < 0) return;
        this.open.splice(at, 1);
        done(answered({ endMs: this.#clock.nowMs(), ...of }));
      },
    };
    this.open.push(one);
    return { cancel: () => one.answer({ class: 'cancelled', status: 0 }) };
  }
}

function answered(of: Partial<Answered>): Answered {
  const status = of.status ?? 200;
  return {
    class: status === 429 ? 'throttled' : 'ok',
    status,
    errorCode: null,
    usage: { ...NO_USAGE, promptTokens: 10, completionTokens: 5 },
    firstContentMs: null,
    chunks: 1,
    gapsMs: [],
    text: '',
    texts: [],
    headMs: null,
    endMs: 0,
    hint: null,
    utilisation: null,
    quota: null,
    servedBy: null,
    spilledOver: false,
    hedge: null,
    ...of,
  };
}

/** A server of raw bytes on a free port of loopback; it ends with the test. @param onRequest for each piece that comes. */
export async function rawServer(t: TestContext, onRequest: (socket: Socket, text: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.on('data', (bytes) => onRequest(socket, bytes.toString()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
