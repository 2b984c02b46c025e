import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { SocketSession } from '@spillway/azure-model';
import { FakeClock } from '@spillway/clock';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../testing.ts';
import { Carried, UNSENT_BYTES_MAX } from './carried.ts';

/** A session of which a test says what it does. */
class Scripted implements SocketSession {
  dueMs: number | null = null;
  closing: SocketSession['closing'] = null;
  readonly outgoing: string[] = [];
  onReceive: (text: string) => void = () => {};
  ended = false;

  receive(text: string): void {
    this.onReceive(text);
  }

  take(): readonly string[] {
    return this.outgoing.splice(0);
  }

  end(): void {
    this.ended = true;
  }
}

async function carried(t: TestContext, session: Scripted): Promise<{ client: WebSocket; defects: string[] }> {
  const defects: string[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => server.close());
  await once(server, 'listening');
  const parts = { clock: new FakeClock(), onDefect: (text: string) => defects.push(text), onChores: () => {} };
  server.on('connection', (ws) => new Carried(ws, () => session, parts).begin());
  const { port } = addressOf(server);
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  t.after(() => client.terminate());
  await once(client, 'open');
  return { client, defects };
}

function addressOf(server: WebSocketServer): AddressInfo {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address;
}

test('Carried: a reader who takes nothing is dropped once too much waits for it', async (t) => {
  const session = new Scripted();
  const { client } = await carried(t, session);
  client.pause();
  const megabyte = 'x'.repeat(1024 * 1024);
  // What the machine's own buffers hold is not waiting: some more than the limit.
  session.onReceive = () =>
    session.outgoing.push(...Array.from({ length: UNSENT_BYTES_MAX / 2 ** 20 + 32 }, () => megabyte));
  client.send('go');
  await until('the connection is dropped', () => session.ended);
});

test('Carried: a mistake in a session is told, and ends the connection with 1011', async (t) => {
  const session = new Scripted();
  const { client, defects } = await carried(t, session);
  session.onReceive = () => {
    throw new Error('a mistake');
  };
  client.send('go');
  const [code] = await once(client, 'close');
  assert.deepEqual([code, defects], [1011, ['WebSocket: a mistake']]);
  await until('the session has ended', () => session.ended);
});

test('Carried: closes with the code of a session that is over', async (t) => {
  const session = new Scripted();
  const { client } = await carried(t, session);
  session.onReceive = () => {
    session.closing = { code: 4000, reason: 'over' };
  };
  client.send('go');
  const [code, reason] = await once(client, 'close');
  assert.deepEqual([code, String(reason)], [4000, 'over']);
});
