/**
 * The server that tests of the page play against (fake-chat.ts) holds to the real one: what it sends has the fields, of the types, that the
 * app sends before the real gateway and simulator. Types alone do not tell: they say what both mean to send, not what stands on the wire.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AnswerEvent, type Chat, readSettings, startChat } from '@spillway/chat';
import { FakeChat } from '../../apps/chat/src/page/testing/fake-chat.ts';
import { type Part, wholeAnswer } from '../../apps/chat/src/page/testing/script.ts';
import { CLIENT_KEY, type World, world } from '../world.ts';

/** Types by path: `sources[].pageFrom` to `number`. What is null, or an empty list, says nothing of its type. */
type Shape = Map<string, Set<string>>;

function shapeOf(values: readonly unknown[]): Shape {
  const shape: Shape = new Map();
  for (const value of values) note(shape, '', value);
  return shape;
}

function note(shape: Shape, path: string, value: unknown): void {
  if (path !== '') shape.set(path, shape.get(path) ?? new Set());
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const each of value) note(shape, `${path}[]`, each);
  } else if (typeof value === 'object') {
    for (const [name, each] of Object.entries(value)) note(shape, path === '' ? name : `${path}.${name}`, each);
  } else shape.get(path)?.add(typeof value);
}

/** Each field that is played is sent, as the same type. */
function assertSent(played: Shape, sent: Shape, what: string): void {
  assert.ok(played.size > 0, `${what}: nothing is played`);
  for (const [path, types] of played) {
    const real = sent.get(path);
    assert.ok(real !== undefined, `${what}: ${path} is played and never sent`);
    if (real.size > 0) for (const type of types) assert.ok(real.has(type), `${what}: ${path} is played as ${type}`);
  }
}

/** What the page may do without, or reads with care: more of it may be sent than is played. */
const LOOSE = /^(?:about|gateway\.decision)\b/;

function assertPlayed(played: Shape, sent: Shape, what: string): void {
  // An empty list, or null, is played for whatever is within.
  const empty = [...played].filter(([path, types]) => types.size === 0 && !hasWithin(played, path));
  const isExcused = (path: string) => LOOSE.test(path) || empty.some(([outer]) => isWithin(path, outer));
  const missing = [...sent.keys()].filter((path) => !played.has(path) && !isExcused(path));
  assert.deepEqual(missing, [], `${what}: sent and not played`);
}

function isWithin(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`) || path.startsWith(`${outer}[]`);
}

function hasWithin(shape: Shape, outer: string): boolean {
  return [...shape.keys()].some((path) => isWithin(path, outer));
}

function linesOf(text: string): readonly AnswerEvent[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function ask(url: string, question: string, more: object = {}): Promise<readonly AnswerEvent[]> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ question, conversationId: null, replaces: null, ...more });
  const answer = await fetch(`${url}/api/chat`, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
  return linesOf(await answer.text());
}

/** Events of a kind are of one shape; steps have one for each thing that they tell about. */
function kindOf(event: AnswerEvent): string {
  return event.type === 'step' ? `step ${event.about?.kind}` : event.type;
}

/** The gateway's own words, which the page opens as well. */
function opened(event: AnswerEvent): object {
  if (event.type !== 'gateway' || event.gateway.decision === null) return event;
  return { ...event, gateway: { ...event.gateway, decision: JSON.parse(event.gateway.decision) } };
}

const PARTY = 'What does a party cost with the deposit?';
const HANDBOOK =
  '# Guest handbook\n\n## Deposit\n\nThe deposit is 150 euros for a flat. It is paid back within 14 days.\n\n## Party\n\nA party is announced.\n';

async function realChat(t: TestContext, { gateway }: World): Promise<Chat> {
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_WAIT_MS_MAX: '5000',
    SPILLWAY_CHAT_EXAMPLES: 'How much is the deposit?',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => chat.close());
  const form = new FormData();
  form.set('file', new File([HANDBOOK], 'handbook.md'));
  form.set('category', 'rules');
  form.set('groups', 'staff');
  const { job } = await (await fetch(`${chat.url}/api/documents`, { method: 'POST', body: form })).json();
  assert.equal((await chat.parts.queue.ended(job.id))?.progress.indexed, 1);
  return chat;
}

/** A gateway that never waits by itself, so that the app has to. */
function realWorld(t: TestContext): Promise<World> {
  const answer =
    'The deposit is 150 euros for a flat [S1]. Every zebra pays 900 dollars an hour at night [S1].\n<<And a dog?>>\n';
  return world(t, { env: { CLIENT_1_WAIT_MS_MAX: '0' }, answers: { script: [{ contains: 'party', answer }] } });
}

/** Everything that a page test plays: an answer in two deployments, a wait, a follow-on question, a failure. */
async function realEvents(there: World, url: string): Promise<readonly AnswerEvent[]> {
  const refusal = { deployment: 'chat', kind: 'status', status: 429 };
  for (const n of [1, 2, 3]) await there.fault(n, { ...refusal, headers: { 'retry-after-ms': '1500' } });
  const first = await ask(url, PARTY);
  const { conversationId = '' } = first.find((event) => event.type === 'begun') ?? {};
  await there.throttle(1, 3_600);
  const second = await ask(url, 'And when is the deposit paid back?', { conversationId });
  for (const n of [2, 3]) await there.throttle(n, 3_600);
  const third = await ask(url, 'How much is the deposit?');
  return [...first, ...second, ...third];
}

test('fake-chat: each event that it plays has the shape of those that the real server sends', async (t) => {
  const there = await realWorld(t);
  const chat = await realChat(t, there);
  const script = (): readonly Part[] => [
    ...wholeAnswer(),
    { type: 'waiting', retryAtMs: Date.now() },
    { type: 'error', kind: 'throttled', message: 'Later.', retryAfterMs: 90_000 },
  ];
  const fake = new FakeChat({ script });
  t.after(() => fake.close());
  const played = await ask((await fake.start()).replace(/\/$/, ''), 'How much is the deposit?');
  const sent = await realEvents(there, chat.url);
  const sentByKind = Map.groupBy(sent, kindOf);
  const playedByKind = Map.groupBy(played, kindOf);
  for (const [kind, events] of playedByKind) {
    const real = shapeOf((sentByKind.get(kind) ?? []).map(opened));
    const own = shapeOf(events.map(opened));
    assertSent(own, real, kind);
    assertPlayed(own, real, kind);
  }
  const types = new Set(sent.map(({ type }) => type));
  assert.deepEqual([...new Set(played.map(({ type }) => type))].sort(), [...types].sort(), 'every type, and no other');
});

/** The fake's conversation is asked for by its own id. */
const REPLIES = [
  ...['/api/config', '/api/me', '/api/me/data', '/api/documents', '/api/collections', '/api/conversations'],
  ...['conversation', 'chunks'],
];

async function replies(url: string): Promise<ReadonlyMap<string, unknown>> {
  const get = async (path: string) => (await fetch(url + path)).json();
  const { documents } = await get('/api/documents');
  await ask(url, 'How much is the deposit?');
  const { conversations } = await get('/api/conversations');
  const paths = new Map([
    ['conversation', `/api/conversations/${conversations[0].id}`],
    ['chunks', `/api/documents/${documents[0].id}/chunks`],
  ]);
  const read = REPLIES.map(async (name): Promise<[string, unknown]> => [name, await get(paths.get(name) ?? name)]);
  return new Map(await Promise.all(read));
}

test('fake-chat: its replies about documents, conversations and itself have the fields of the real ones', async (t) => {
  const chat = await realChat(t, await realWorld(t));
  const fake = new FakeChat();
  t.after(() => fake.close());
  const own = await replies((await fake.start()).replace(/\/$/, ''));
  const real = await replies(chat.url);
  for (const name of REPLIES) {
    // Of a conversation the events are the matter of the other test.
    const shape = (value: unknown) => new Map([...shapeOf([value])].filter(([path]) => !path.includes('.events[]')));
    assertSent(shape(own.get(name)), shape(real.get(name)), name);
    assertPlayed(shape(own.get(name)), shape(real.get(name)), name);
  }
});
