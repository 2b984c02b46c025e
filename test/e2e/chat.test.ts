/** The chat app against the real gateway and simulator: documents are indexed, questions answered with what they cite. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AnswerEvent, type Chat, readSettings, startChat } from '@spillway/chat';
import { CLIENT_KEY, type World, world } from '../world.ts';

const DOCUMENTS = {
  'deposits.md':
    '# Deposits\n\nThe deposit is 150 euros for a flat. It is paid within 14 days after booking.\n\n## Refund\n\nThe deposit is paid back within 7 days after departure.\n',
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night. Cats stay at home.\n',
  'energy.md': '# Energy\n\nHeating runs from October to April. Electricity up to 8 kWh per day is included.\n',
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-chat-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(DOCUMENTS)) writeFileSync(join(path, name), text);
  return path;
}

/** As the article's two commands set it up. @param path behind the gateway's address. */
async function chat(t: TestContext, to: World, path = ''): Promise<Chat> {
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: to.gateway.url + path,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '1000',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const started = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => started.close());
  return started;
}

async function indexed(t: TestContext, app: Chat): Promise<void> {
  const { queue } = app.parts;
  const taken = queue.add({ kind: 'folder', folder: { root: folder(t), category: null } });
  assert.equal(taken.kind, 'taken');
  const job = taken.kind === 'taken' ? await queue.ended(taken.id) : null;
  assert.deepEqual([job?.progress.indexed, job?.failures], [3, []]);
}

async function ask(app: Chat, question: string, more: object = {}): Promise<readonly AnswerEvent[]> {
  const body = JSON.stringify({ question, ...more });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${app.url}/api/chat`, { method: 'POST', headers, body });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function textOf(events: readonly AnswerEvent[]): string {
  return events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
}

function of<T extends AnswerEvent['type']>(events: readonly AnswerEvent[], type: T) {
  return events.filter((event): event is Extract<AnswerEvent, { type: T }> => event.type === type);
}

for (const path of ['', '/', '/openai', '/openai/v1', '/v1']) {
  test(`chat: a folder is indexed, and a question answered with its source, at the gateway's address + "${path}"`, async (t) => {
    const app = await chat(t, await world(t), path);
    await indexed(t, app);
    const events = await ask(app, 'How much does a dog cost per night?');
    assert.deepEqual(of(events, 'error'), []);
    assert.match(textOf(events), /A dog costs 12 euros per night/);
    const [sources] = of(events, 'sources');
    const [citation] = of(events, 'citation');
    const cited = sources?.sources.find(({ label }) => label === citation?.label);
    assert.equal(cited?.path, 'pets.md');
    assert.equal(of(events, 'followups')[0]?.questions.length, 3);
    assert.match(of(events, 'gateway').at(-1)?.gateway.deployment ?? '', /^openai1\/chat$/);
    assert.deepEqual(
      events.map(({ id }) => id),
      events.map((_, i) => i + 1),
    );
    assert.equal(events.at(-1)?.type, 'done');
  });
}

test('chat: a second question goes on from the first, and both are in the history', async (t) => {
  const app = await chat(t, await world(t));
  await indexed(t, app);
  const first = await ask(app, 'How much is the deposit for a flat?');
  const conversationId = of(first, 'done')[0]?.conversationId;
  const second = await ask(app, 'And when is the deposit paid back?', { conversationId });
  assert.match(textOf(second), /paid back within 7 days/);
  assert.ok(of(second, 'step').some(({ title }) => title === 'Search queries'));
  const view = await (await fetch(`${app.url}/api/conversations/${conversationId}`)).json();
  assert.deepEqual(
    view.turns.map(({ question }: { question: string }) => question),
    ['How much is the deposit for a flat?', 'And when is the deposit paid back?'],
  );
});

test('chat: two of three resources are throttled, ten users ask, and nobody sees an error', async (t) => {
  const w = await world(t);
  const app = await chat(t, w);
  await indexed(t, app);
  await Promise.all([w.throttle(1, 60), w.throttle(2, 60)]);
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(app, 'How much does a dog cost per night?')));
  for (const events of answers) {
    assert.deepEqual(of(events, 'error'), []);
    assert.match(textOf(events), /12 euros/);
    assert.equal(of(events, 'gateway').at(-1)?.gateway.deployment, 'openai3/chat');
  }
  const told = answers.flatMap((events) => of(events, 'gateway').map(({ gateway }) => gateway.decision ?? ''));
  assert.ok(
    told.some((decision) => decision.includes('throttled')),
    'the page can say who was throttled',
  );
});
