/** The plan of deploy/load-testing: its own code, against the real chat app, gateway and simulator. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { hashOf } from '@spillway/chat';
import { type ChatWorldOptions, chatWorld } from '../e2e/chat-app.ts';
import { counted, PLAN, python, runLocust, runPlan, without } from './load-testing.ts';

const noPython = await without(['--version'], 'python3 is not installed (Debian package python3)');
const noLocust = await without(
  ['-c', 'import locust, requests'],
  'Locust is not installed (Debian package python3-locust); the stand-in ran the plan',
);
const DOCUMENTS = {
  'deposits.md': '# Deposits\n\nThe deposit is 150 euros for a flat. A dog raises the deposit by 50 euros.\n',
};
const KEY = 'key-of-the-load-test-0123456789';
const NO_THOUGHT = { CHAT_THINK_SECONDS: '0' };

const app = (t: TestContext, more: Omit<ChatWorldOptions, 'documents'> = {}) =>
  chatWorld(t, { documents: DOCUMENTS, ...more });

test('locustfile.py: compiles', { skip: noPython }, async () => {
  const parse = 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read())';
  const { code, stderr } = await python(['-c', parse, PLAN]);
  assert.deepEqual([code, stderr], [0, '']);
});

test('Asker: reads each answer to its end, tells first event, first word and whole answer apart, and leaves nothing behind', {
  skip: noPython,
}, async (t) => {
  const there = await app(t);
  const told = await runPlan({ host: there.url, users: 2, asks: 4 });
  assert.deepEqual(counted(told), { first_event: [8, 0], first_word: [8, 0], tidy_up: [4, 0], whole_answer: [8, 0] });
  const times = (name: string): readonly number[] =>
    told.entries.flatMap((entry) => (entry.name === name ? [entry.ms] : []));
  const [events, words] = [times('first_event'), times('first_word')];
  for (const [at, whole] of times('whole_answer').entries()) {
    const [event = Number.NaN, word = Number.NaN] = [events[at], words[at]];
    assert.ok(event <= word && word <= whole, `${event} ms, ${word} ms, ${whole} ms`);
  }
  const { conversations } = await (await there.get('/api/conversations')).json();
  assert.deepEqual(conversations, []);
  const asked = there.sent.filter(({ path }) => path.includes('chat/completions'));
  assert.ok(asked.length >= 8, 'models were asked, through the gateway');
});

test('Asker: a 429 of the models that outlasts the wait of the app is counted as throttled, and as nothing else', {
  skip: noPython,
}, async (t) => {
  const answering: ChatWorldOptions['answering'] = ({ path }) =>
    path.includes('chat/completions') ? { status: 429, headers: { 'retry-after-ms': '1' } } : null;
  const told = await runPlan({ host: (await app(t, { answering })).url, users: 1, asks: 2 });
  const { first_event, throttled, whole_answer } = counted(told);
  assert.deepEqual([first_event, throttled, whole_answer], [[2, 0], [0, 2], undefined]);
});

test('Asker: a 429 of the chat app itself is counted as limited', { skip: noPython }, async (t) => {
  const env = { SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '1' };
  const told = await runPlan({ host: (await app(t, { env })).url, users: 1, asks: 3 });
  assert.deepEqual(
    [counted(told).limited, counted(told).whole_answer],
    [
      [0, 2],
      [1, 0],
    ],
  );
});

test('Asker: other failures of an answer fail it, and say what they are', { skip: noPython }, async (t) => {
  const answering: ChatWorldOptions['answering'] = ({ path }) =>
    path.includes('chat/completions') ? { status: 500 } : null;
  const told = await runPlan({ host: (await app(t, { answering })).url, users: 1, asks: 1 });
  assert.deepEqual(counted(told).whole_answer, [0, 1]);
  assert.match(told.entries.find(({ name }) => name === 'whole_answer')?.failure ?? '', /^(gatewayDown|internal): ./);
});

test('Asker: signs in by password; with a wrong one the user goes', { skip: noPython }, async (t) => {
  const hash = await hashOf('correct horse battery');
  const env = { SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: `owner:${hash}:staff` };
  const { url: host } = await app(t, { env });
  const good = await runPlan({ host, users: 1, asks: 1 }, { CHAT_PASSWORD: 'correct horse battery' });
  assert.deepEqual([counted(good).sign_in, counted(good).whole_answer, good.stopped], [[1, 0], [1, 0], 0]);
  const bad = await runPlan({ host, users: 1, asks: 1 }, { CHAT_PASSWORD: 'wrong' });
  assert.deepEqual([counted(bad), bad.stopped], [{ sign_in: [0, 1] }, 1]);
  assert.deepEqual(counted(await runPlan({ host, users: 1, asks: 1 })), { whole_answer: [0, 1] });
  assert.doesNotMatch(JSON.stringify([good, bad]), /correct horse|wrong/);
});

test('Asker: a key of the chat app goes before the password', { skip: noPython }, async (t) => {
  const env = { SPILLWAY_CHAT_AUTH: 'password', SPILLWAY_CHAT_USERS: '', SPILLWAY_CHAT_API_KEYS: `load:${KEY}:staff` };
  const users = `owner:${await hashOf('correct horse battery')}:staff`;
  const { url: host } = await app(t, { env: { ...env, SPILLWAY_CHAT_USERS: users } });
  const told = await runPlan({ host, users: 1, asks: 1 }, { CHAT_API_KEY: KEY, CHAT_PASSWORD: 'wrong' });
  assert.deepEqual(counted(told).whole_answer, [1, 0]);
  assert.equal(counted(told).sign_in, undefined);
});

/** Limit of the plan, what it is set to, what is then said. */
const LIMITS: readonly (readonly [name: string, value: number, said: RegExp])[] = [
  ['ANSWER_BYTES_MAX', 100, /^tooLong: more than 100 bytes$/],
  ['ANSWER_SECONDS_MAX', 0, /^timeout: not done after 0 s$/],
];

for (const [name, value, said] of LIMITS) {
  test(`Asker: ${name} ends an answer that passes it`, { skip: noPython }, async (t) => {
    const told = await runPlan({ host: (await app(t)).url, users: 1, asks: 1, limits: { [name]: value } });
    assert.match(told.entries.find(({ name: entry }) => entry === 'whole_answer')?.failure ?? '', said);
  });
}

/** An app that answers anything in its own way. @returns its address. */
async function bare(t: TestContext, body: string | null): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'DELETE') return response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write('{"type":"begun","turnId":"t","conversationId":"c","id":1}\n');
    return body === null ? response : response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const ENDINGS: readonly (readonly [name: string, body: string | null, said: RegExp])[] = [
  ['a stream that breaks off', '{"type":"delta","text":"The","id":2}\n', /^cut: /],
  ['a stream without an answer', '{"type":"delta","text":" ","id":2}\n{"type":"done","id":3}\n', /^empty: /],
  ['a line that is no event', 'Bad Gateway\n', /Expecting value/],
  ['silence', null, /timed out/],
];

for (const [name, body, said] of ENDINGS) {
  test(`Asker: ${name} is a failure`, { skip: noPython }, async (t) => {
    const told = await runPlan({ host: await bare(t, body), users: 1, asks: 1, limits: { SILENCE_SECONDS_MAX: 0.05 } });
    assert.match(told.entries.find(({ name: entry }) => entry === 'whole_answer')?.failure ?? '', said);
  });
}

test('number_of: a setting that is no number ends the run at its start, and says which', {
  skip: noPython,
}, async () => {
  const order = { host: 'http://127.0.0.1:9', users: 0, asks: 0 };
  await assert.rejects(
    runPlan(order, { CHAT_TURNS: 'many' }),
    /CHAT_TURNS=many: is no number from 1 on; leave it out for 3/,
  );
  await assert.rejects(runPlan(order, { CHAT_THINK_SECONDS: '-1' }), /CHAT_THINK_SECONDS=-1: is no number from 0 on/);
  assert.deepEqual((await runPlan(order, { CHAT_QUESTIONS: ' | ' })).entries, []);
});

test('locustfile.py: Locust itself runs it, by the environment that load-test.yaml sets', {
  skip: noPython || noLocust,
}, async (t) => {
  const { url } = await app(t);
  const env = { LOCUST_HOST: url, LOCUST_USERS: '3', LOCUST_SPAWN_RATE: '3', LOCUST_RUN_TIME: '50', ...NO_THOUGHT };
  // A table that counts answers is printed every two seconds.
  const { code, stdout, stderr } = await runLocust(env, /whole_answer +[1-9]/);
  assert.equal(code, 0, stderr);
  const row = (name: string): readonly string[] =>
    [...(stdout + stderr).matchAll(new RegExp(`\\b${name} +(\\d+) +(\\d+)\\(`, 'g'))].at(-1)?.slice(1) ?? [];
  for (const name of ['first_event', 'first_word', 'whole_answer']) {
    const [requests = '0', failures] = row(name);
    assert.ok(Number(requests) >= 1, `${name}\n${stdout}\n${stderr}`);
    assert.equal(failures, '0', name);
  }
  assert.deepEqual(row('throttled'), []);
});
