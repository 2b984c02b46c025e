/** The official `openai` package through the gateway: answers that are kept go on where they were made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, seededUnit } from '@spillway/clock';
import OpenAI from 'openai';
import { CLIENTS, type Front, fleet, front } from './gateways.ts';

const INPUT = 'Say something in 5 words.';

/** Names the resource that made a response, which is the only one that knows it. */
function ownerOf(servedBy: string | null): string {
  return servedBy?.split('/')[0] ?? '';
}

interface Talk {
  readonly client: OpenAI;
  last: string | null;
  owner: string | null;
  turns: number;
}

async function turn(talk: Talk): Promise<void> {
  const { data, response } = await talk.client.responses
    .create({ model: 'chat', input: INPUT, ...(talk.last !== null && { previous_response_id: talk.last }) })
    .withResponse();
  const owner = ownerOf(response.headers.get('x-spillway-deployment'));
  assert.equal(talk.owner ?? owner, owner, 'a turn was answered elsewhere');
  talk.owner = owner;
  talk.last = data.id;
  talk.turns++;
}

function talks(of: Front, count: number): Talk[] {
  return Array.from({ length: count }, (_, i) => {
    return { client: i % 2 === 0 ? of.v1() : of.azure(), last: null, owner: null, turns: 0 };
  });
}

test('openai: 200 turns of ten interleaved conversations on three backends, not one of them misrouted (seed 21)', async (t) => {
  const of = await front(t);
  const all = talks(of, 10);
  const unit = seededUnit(21);
  for (let i = 0; i < 200; i++) {
    const talk = i < all.length ? all[i] : all[Math.floor(unit() * all.length)];
    assert.ok(talk !== undefined);
    await turn(talk);
  }
  assert.equal(
    all.reduce((sum, { turns }) => sum + turns, 0),
    200,
  );
  assert.equal(new Set(all.map(({ owner }) => owner)).size, 3, 'all three had some');
  const seen = of.fleet.seen(/responses$/);
  assert.equal(
    Object.values(seen).reduce((sum, count) => sum + count),
    200,
    'no turn was tried anywhere in vain',
  );
});

test('openai: conversations of a throttled or absent backend are told so, the others go on', async (t) => {
  const of = await front(t);
  const all = talks(of, 12);
  for (const talk of all) await turn(talk);
  const [mine, others] = [
    all.filter(({ owner }) => owner === 'openai2'),
    all.filter(({ owner }) => owner !== 'openai2'),
  ];
  assert.ok(mine.length > 0 && others.length > 0);
  await of.fleet.admin('/admin/resources/openai2/deployments/chat/throttle', { seconds: 30 });
  for (const talk of others) await turn(talk);
  for (const talk of mine) {
    await assert.rejects(turn(talk), (error) => {
      assert.ok(error instanceof OpenAI.RateLimitError, String(error));
      assert.ok(Number(error.headers?.get('retry-after-ms')) > 0);
      return true;
    });
  }
  await of.fleet.admin('/admin/resources/openai2/stop');
  for (const talk of others) await turn(talk);
  for (const talk of mine) await assert.rejects(turn(talk), OpenAI.APIError);
  const fresh = talks(of, 6);
  for (const talk of fresh) await turn(talk);
  assert.ok(
    fresh.every(({ owner }) => owner !== 'openai2'),
    'new ones begin elsewhere',
  );
});

test('openai: conversations of an absent backend get an error with its reason, and go on once it is back', async (t) => {
  const of = await front(t);
  const all = talks(of, 9);
  for (const talk of all) await turn(talk);
  const mine = all.filter(({ owner }) => owner === 'openai1');
  const [talk] = mine;
  assert.ok(talk !== undefined);
  await of.fleet.admin('/admin/resources/openai1/stop');
  await assert.rejects(turn(talk), { status: 503 });
  await of.fleet.admin('/admin/resources/openai1/start');
  await turn(talk);
  assert.equal(talk.turns, 2);
});

for (const [name, make] of CLIENTS) {
  test(`${name}: a response is read, listed, streamed on and deleted through the gateway`, async (t) => {
    const { responses } = make(await front(t));
    const first = await responses.create({ model: 'chat', input: INPUT });
    assert.match(first.id, /^resp_/);
    const streamed = await responses
      .stream({ model: 'chat', input: 'And more.', previous_response_id: first.id })
      .finalResponse();
    assert.equal(streamed.previous_response_id, first.id, 'the id that the client knows');
    assert.equal((await responses.retrieve(streamed.id)).output_text, streamed.output_text);
    const texts: string[] = [];
    for await (const item of responses.inputItems.list(streamed.id, { limit: 1, order: 'asc' })) texts.push(item.type);
    assert.deepEqual(texts, ['message', 'message', 'message']);
    await responses.delete(first.id);
    await assert.rejects(responses.retrieve(first.id), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.match(error.message, new RegExp(first.id), 'named as the client knows it');
      return true;
    });
    const gone = responses.create({ model: 'chat', input: 'More.', previous_response_id: first.id });
    await assert.rejects(gone, { status: 400, code: 'previous_response_not_found' });
  });

  test(`${name}: thoughts that only one resource can read are sent back to it`, async (t) => {
    const of = await front(t);
    const { responses } = make(of);
    const include: OpenAI.Responses.ResponseIncludable[] = ['reasoning.encrypted_content'];
    for (let i = 0; i < 12; i++) {
      const first = await responses.create({ model: 'thinker', store: false, include, input: INPUT });
      const input: OpenAI.Responses.ResponseInput = JSON.parse(JSON.stringify(first.output));
      input.push({ role: 'user', content: 'Shorter.' });
      assert.equal((await responses.create({ model: 'thinker', store: false, include, input })).status, 'completed');
    }
    assert.ok(
      Object.values(of.fleet.seen(/responses$/)).every((count) => count > 0),
      'each resource had some',
    );
  });
}

test('openai: a conversation keeps what was said, on the resource that has it', async (t) => {
  const of = await front(t);
  const client = of.v1();
  for (let i = 0; i < 6; i++) {
    const conversation = await client.conversations.create({ metadata: { team: 'water' } });
    await client.responses.create({ model: 'chat', input: INPUT, conversation: conversation.id });
    await client.responses.create({ model: 'chat', input: 'More.', conversation: { id: conversation.id } });
    const { items } = client.conversations;
    const roles: string[] = [];
    for await (const item of items.list(conversation.id, { limit: 2, order: 'asc' })) {
      if (item.type === 'message') roles.push(item.role);
    }
    assert.deepEqual(roles, ['user', 'assistant', 'user', 'assistant']);
    await client.conversations.delete(conversation.id);
    await assert.rejects(client.conversations.retrieve(conversation.id), OpenAI.NotFoundError);
  }
});

test('openai: an answer in the background is asked after, and cancelled, where it is being made', async (t) => {
  const clock = new FakeClock();
  const latency = { firstTokenMs: 1000, perTokenMs: 100, spread: 0, gapSpread: 0 };
  const of = await front(t, { clock, resource: { latency } });
  const { responses } = of.v1();
  const queued: string[] = [];
  for (let i = 0; i < 6; i++)
    queued.push((await responses.create({ model: 'chat', input: INPUT, background: true })).id);
  clock.advance(1500);
  const [first = '', ...rest] = queued;
  assert.equal((await responses.cancel(first)).status, 'cancelled');
  clock.advance(60_000);
  assert.equal((await responses.retrieve(first)).status, 'cancelled');
  for (const id of rest) assert.equal((await responses.retrieve(id)).status, 'completed');
});

test('openai: replicas with one key know the same ids, also after a restart, and with a new key before the old one', async (t) => {
  const of = await fleet(t, { sealKey: 'first key' });
  const [one, two] = [await of.gateway(), await of.gateway()];
  const made: string[] = [];
  for (let i = 0; i < 6; i++) made.push((await one.v1().responses.create({ model: 'chat', input: INPUT })).id);
  for (const id of made) assert.equal((await two.v1().responses.retrieve(id)).id, id);
  await one.gateway.close();
  const again = await of.gateway('second key, first key');
  for (const previous_response_id of made) {
    const next = await again.v1().responses.create({ model: 'chat', input: 'More.', previous_response_id });
    const { previous_response_id: named = '' } = next;
    assert.equal((await again.v1().responses.retrieve(named ?? '')).object, 'response', 'sealed anew, and still known');
    await assert.rejects(two.v1().responses.retrieve(next.id), { status: 404, code: 'UnknownState' });
  }
});

test('openai: ids made without the gateway are found by asking around, once', async (t) => {
  const of = await front(t);
  const { id } = await of.fleet.direct(3).responses.create({ model: 'chat', input: INPUT });
  const { responses } = of.v1();
  const next = await responses.create({ model: 'chat', input: 'More.', previous_response_id: id });
  assert.ok(next.usage !== undefined && next.usage.input_tokens > 20);
  // Where chance finds the owner at once, nothing is learned; so a few times.
  for (let i = 0; i < 8; i++) await responses.create({ model: 'chat', input: 'More.', previous_response_id: id });
  const before = of.fleet.seen(/responses$/);
  await responses.create({ model: 'chat', input: 'More.', previous_response_id: id });
  const after = of.fleet.seen(/responses$/);
  assert.deepEqual(after, { ...before, openai3: (before.openai3 ?? 0) + 1 });
});

test('openai: ids of two resources in one request are refused, and both are named', async (t) => {
  const of = await front(t);
  const { responses } = of.v1();
  const byOwner = new Map<string, string>();
  for (let i = 0; i < 12 && byOwner.size < 2; i++) {
    const { data, response } = await responses.create({ model: 'chat', input: INPUT }).withResponse();
    byOwner.set(ownerOf(response.headers.get('x-spillway-deployment')), data.output[0]?.id ?? '');
  }
  const input = [...byOwner.values()].map((id) => ({ type: 'item_reference', id }) as const);
  const [a = '', b = ''] = byOwner.keys();
  await assert.rejects(responses.create({ model: 'chat', input }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.equal(error.code, 'StateOnTwoResources');
    assert.ok(error.message.includes(a) && error.message.includes(b), error.message);
    return true;
  });
});
