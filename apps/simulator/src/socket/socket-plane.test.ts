import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { type Bench, until, withSimulator } from '../testing.ts';
import { MESSAGE_BYTES_MAX } from './carried.ts';
import { SOCKETS_MAX } from './socket-plane.ts';

const DEPLOYMENTS = [{ name: 'talk', model: 'gpt-realtime', capacity: 1000 }];
const RESOURCE = { deployments: DEPLOYMENTS } as const;
const REALTIME = '/openai/v1/realtime?model=talk';

/** Sockets of a test, so that none outlives it. */
class Dialled {
  readonly #open: WebSocket[] = [];

  to({ simulator }: Bench, path = REALTIME, key = simulator.resources[0]?.key ?? ''): Conversation {
    const url = (simulator.resources[0]?.url ?? '').replace('http', 'ws') + path;
    const ws = new WebSocket(url, { headers: { 'api-key': key } });
    this.#open.push(ws);
    return new Conversation(ws);
  }

  end(): void {
    for (const ws of this.#open) ws.terminate();
  }
}

class Conversation {
  readonly ws: WebSocket;
  readonly types: string[] = [];
  /** Code of the end, or the status of the refusal, or `broken`; null while there is none. */
  ended: number | 'broken' | null = null;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => this.types.push(JSON.parse(String(data)).type));
    ws.on('unexpected-response', (_, response) => {
      this.ended = response.statusCode ?? 0;
      response.resume();
    });
    ws.on('error', () => {
      this.ended ??= 'broken';
    });
    ws.on('close', (code) => {
      this.ended ??= code;
    });
  }

  say(event: object): void {
    this.ws.send(JSON.stringify(event));
  }
}

async function withSockets(
  run: (bench: Bench, dialled: Dialled) => Promise<void>,
  latency = { firstTokenMs: 0, perTokenMs: 0 },
) {
  await withSimulator(
    async (bench) => {
      const dialled = new Dialled();
      try {
        await run(bench, dialled);
      } finally {
        dialled.end();
      }
    },
    { ...RESOURCE, latency },
  );
}

test('socketPlane: an answer comes when the simulated time has come, not before', async () => {
  const latency = { firstTokenMs: 1000, perTokenMs: 100, spread: 0 };
  await withSockets(async (bench, dialled) => {
    const line = dialled.to(bench);
    await until('the session is there', () => line.types.includes('session.created'));
    line.say({ type: 'response.create' });
    await until('the answer has begun', () => line.types.includes('rate_limits.updated'));
    bench.clock.advance(999);
    line.say({ type: 'input_audio_buffer.clear' });
    await until('what is said now is heard', () => line.types.includes('input_audio_buffer.cleared'));
    assert.ok(!line.types.includes('response.output_item.added'));
    bench.clock.advance(1000);
    await until('the first words are there', () => line.types.includes('response.output_audio.delta'));
    bench.clock.advance(60_000);
    await until('it is whole', () => line.types.includes('response.done'));
  }, latency);
});

test('socketPlane: a session that is over is closed with its code', async () => {
  await withSockets(async (bench, dialled) => {
    const line = dialled.to(bench);
    let pings = 0;
    line.ws.on('ping', () => pings++);
    await until('the session is there', () => line.types.includes('session.created'));
    bench.clock.advance(30 * 60_000);
    await until('it is closed', () => line.ended !== null);
    assert.deepEqual([line.ended, line.types.at(-1), pings], [1001, 'error', 1]);
  });
});

test('socketPlane: a message beyond the limit ends the connection with 1009', async () => {
  await withSockets(async (bench, dialled) => {
    const line = dialled.to(bench);
    await once(line.ws, 'open');
    line.ws.send('x'.repeat(MESSAGE_BYTES_MAX + 1));
    await until('it is closed', () => line.ended !== null);
    assert.equal(line.ended, 1009);
  });
});

test('socketPlane: no more connections at once than the limit, and again one when one has gone', async () => {
  await withSockets(async (bench, dialled) => {
    const lines = Array.from({ length: SOCKETS_MAX }, () => dialled.to(bench));
    await until('all are open', () => lines.every(({ types }) => types.length > 0));
    const late = dialled.to(bench);
    await until('it is refused', () => late.ended !== null);
    assert.equal(late.ended, 429);
    lines[0]?.ws.terminate();
    await until('there is room', () => bench.lines.some(({ status }) => status === 101) || lines[0]?.ended !== null);
    const retry = async (): Promise<void> => {
      const next = dialled.to(bench);
      await until('it ends, or begins', () => next.ended !== null || next.types.length > 0);
      if (next.ended !== null) await retry();
    };
    await retry();
  });
});

/** A fault, and how the connection that meets it ends. */
const FAULTS = [
  [{ kind: 'outage' }, 'broken'],
  [{ kind: 'reset' }, 'broken'],
  [{ kind: 'status', status: 503 }, 503],
  [{ kind: 'capacity' }, 429],
] as const;

for (const [fault, want] of FAULTS) {
  test(`socketPlane: the fault ${fault.kind} meets the handshake`, async () => {
    await withSockets(async (bench, dialled) => {
      await bench.addFault(fault);
      const line = dialled.to(bench);
      await until('it is refused', () => line.ended !== null);
      assert.equal(line.ended, want);
    });
  });
}

test('socketPlane: closing the simulator, or stopping the resource, breaks what is open', async () => {
  await withSockets(async (bench, dialled) => {
    const line = dialled.to(bench);
    await once(line.ws, 'open');
    await bench.admin('POST', '/admin/resources/openai1/stop');
    await until('it is broken', () => line.ended !== null);
    assert.equal(line.ended, 1006);
    const late = dialled.to(bench);
    await until('it is refused', () => late.ended !== null);
    assert.equal(late.ended, 'broken');
    await bench.admin('POST', '/admin/resources/openai1/start');
    const again = dialled.to(bench);
    await once(again.ws, 'open');
    await bench.simulator.close();
    await until('it is broken', () => again.ended !== null);
  });
});

test('socketPlane: a connection that is left ends what was under way', async () => {
  await withSockets(
    async (bench, dialled) => {
      const line = dialled.to(bench);
      const active = (): number => bench.simulator.state().resources[0]?.deployments[0]?.active ?? -1;
      await once(line.ws, 'open');
      line.say({ type: 'response.create' });
      await until('the answer is under way', () => active() === 1);
      line.ws.terminate();
      await until('nothing is', () => active() === 0);
    },
    { firstTokenMs: 1000, perTokenMs: 100 },
  );
});

test('socketPlane: a request that is no handshake is answered as such', async () => {
  await withSockets(async (bench) => {
    const { url, key } = bench.simulator.resources[0] ?? { url: '', key: '' };
    const answer = await fetch(`${url}${REALTIME}`, { headers: { 'api-key': key } });
    assert.equal(answer.status, 404);
    await answer.text();
  });
});
