/** What the product promises, under load: resources die, are throttled, come back, and clients are served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { type World, world } from '../world.ts';

const MESSAGES = [{ role: 'user', content: 'Say something about spillways.' }] as const;
const WORKERS = 16;

interface Tally {
  answered: number;
  /** Streams that broke after their content had begun: nothing may be replayed there. */
  cutStreams: number;
  readonly errors: string[];
  readonly servedBy: Map<string, number>;
}

/** Sends `total` requests, half of them streams, as fast as `WORKERS` callers can; `at` runs when so many have been answered. */
async function load(w: World, total: number, at: ReadonlyMap<number, () => Promise<unknown>>): Promise<Tally> {
  const tally: Tally = { answered: 0, cutStreams: 0, errors: [], servedBy: new Map() };
  let sent = 0;
  const events: Promise<unknown>[] = [];
  const client = w.azure();
  const work = async () => {
    while (sent < total) {
      const n = sent++;
      await (n % 2 === 0 ? plain(client, tally) : streamed(client, tally));
      const event = at.get(tally.answered + tally.cutStreams);
      if (event !== undefined) events.push(event());
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  await Promise.all(events);
  return tally;
}

async function plain(client: OpenAI, tally: Tally): Promise<void> {
  try {
    const request = client.chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 20 });
    const { response } = await request.withResponse();
    served(tally, response);
  } catch (error) {
    tally.errors.push(String(error));
  }
}

async function streamed(client: OpenAI, tally: Tally): Promise<void> {
  let begun = false;
  try {
    const request = client.chat.completions.create({
      model: 'chat',
      messages: [...MESSAGES],
      max_tokens: 20,
      stream: true,
    });
    const { data, response } = await request.withResponse();
    for await (const _ of data) begun = true;
    served(tally, response);
  } catch (error) {
    if (begun) tally.cutStreams++;
    else tally.errors.push(String(error));
  }
}

function served(tally: Tally, response: Response): void {
  tally.answered++;
  const deployment = response.headers.get('x-spillway-deployment') ?? 'nobody';
  tally.servedBy.set(deployment, (tally.servedBy.get(deployment) ?? 0) + 1);
}

test('failover: a resource is killed under load and comes back; no client sees an error but for streams that had begun', async (t) => {
  const w = await world(t, { latency: { firstTokenMs: 5, perTokenMs: 1 } });
  const startedMs = performance.now();
  const events = new Map([
    [100, () => w.stop(1)],
    [300, () => w.admin('POST', '/admin/resources/openai1/start')],
  ]);
  const tally = await load(w, 500, events);
  const perSecond = 500 / ((performance.now() - startedMs) / 1_000);
  t.diagnostic(
    `${Math.round(perSecond)} requests/s; ${tally.cutStreams} streams cut; ${JSON.stringify([...tally.servedBy])}`,
  );
  assert.deepEqual(tally.errors, []);
  assert.equal(tally.answered + tally.cutStreams, 500);
  assert.ok(tally.cutStreams <= WORKERS, `${tally.cutStreams} streams cut, of at most ${WORKERS} under way`);
  assert.ok((tally.servedBy.get('openai1/chat') ?? 0) > 0 && (tally.servedBy.get('openai2/chat') ?? 0) > 0);
});

test('failover: two of three are throttled under load, and no client sees it', async (t) => {
  const w = await world(t);
  const events = new Map([
    [50, () => w.throttle(1, 30)],
    [150, () => w.throttle(2, 30)],
  ]);
  const tally = await load(w, 300, events);
  assert.deepEqual(
    { errors: tally.errors, answered: tally.answered, cut: tally.cutStreams },
    { errors: [], answered: 300, cut: 0 },
  );
  assert.ok((tally.servedBy.get('openai3/chat') ?? 0) > 50);
});

test('failover: small quotas run out one after the other, and each client is served while any is left', async (t) => {
  const w = await world(t, { capacity: 1 });
  const ask = () =>
    w
      .azure()
      .chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 200 })
      .withResponse();
  const servedBy: (string | null)[] = [];
  for (;;) {
    try {
      servedBy.push((await ask()).response.headers.get('x-spillway-deployment'));
    } catch (error) {
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.ok(Number(error.headers.get('retry-after-ms')) > 0);
      break;
    }
    assert.ok(servedBy.length < 100);
  }
  assert.deepEqual([...new Set(servedBy)], ['openai1/chat', 'openai2/chat', 'openai3/chat']);
});
