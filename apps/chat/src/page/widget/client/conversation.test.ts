import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerEvent, AnswerEventBody } from '../../../events.ts';
import type { Question, StreamEnd } from '../../client/api.ts';
import { type Asking, Conversation, type Following, RETRY_MS_MAX, TURNS_MAX, type Turn } from './conversation.ts';

const BODIES: readonly AnswerEventBody[] = [
  { type: 'begun', turnId: 't1', conversationId: 'c1' },
  { type: 'delta', text: 'It is 12 euros.' },
  { type: 'done', turnId: 't1', conversationId: 'c1' },
];
const EVENTS: readonly AnswerEvent[] = BODIES.map((body, i) => ({ ...body, id: i + 1 }));
const ENDED: StreamEnd = { kind: 'ended' };
const refused = (status: number, retryAfterMs: number | null): StreamEnd => {
  return { kind: 'refused', status, code: 'tooMany', message: 'Too many.', retryAfterMs };
};

interface Scene {
  readonly conversation: Conversation;
  readonly asked: Question[];
  readonly stopped: string[];
  readonly waits: number[];
  readonly ended: Turn[];
}

type Script = (following: Following, times: number) => StreamEnd | Promise<StreamEnd>;

function scene(script: Script, after: () => Promise<void> = () => Promise.resolve()): Scene {
  const [asked, stopped, waits, ended]: [Question[], string[], number[], Turn[]] = [[], [], [], []];
  const api: Asking = {
    ask: async (question, following) => {
      asked.push(question);
      return script(following, asked.length);
    },
    stop: async (turnId) => void stopped.push(turnId),
  };
  const conversation = new Conversation({
    api,
    nowMs: () => 1_000,
    after: (ms) => {
      waits.push(ms);
      return after();
    },
    onChange: () => {},
    onEnd: (turn) => ended.push(turn),
  });
  return { conversation, asked, stopped, waits, ended };
}

const whole: Script = ({ onEvent }) => {
  EVENTS.forEach(onEvent);
  return ENDED;
};

test('conversation: the second question goes on from the first, and a cleared one begins anew', async () => {
  const { conversation, asked, ended } = scene(whole);
  await conversation.ask(' How much? ');
  await conversation.ask('And cats?');
  conversation.clear();
  await conversation.ask('Hello?');
  assert.deepEqual(
    asked.map(({ question, conversationId }) => [question, conversationId]),
    [
      ['How much?', null],
      ['And cats?', 'c1'],
      ['Hello?', null],
    ],
  );
  assert.deepEqual(
    conversation.turns.map(({ question, answer }) => [question, answer.status, answer.text]),
    [['Hello?', 'done', 'It is 12 euros.']],
  );
  assert.equal(ended.length, 3);
});

test('conversation: an empty question, and one while another is answered, are passed over', async () => {
  const { promise, resolve } = Promise.withResolvers<StreamEnd>();
  const { conversation, asked } = scene(() => promise);
  await conversation.ask('  ');
  const first = conversation.ask('One?');
  await conversation.ask('Two?');
  assert.equal(conversation.isBusy, true);
  resolve(ENDED);
  await first;
  assert.equal(asked.length, 1);
});

test('conversation: what the app refuses for now is asked once more after the time told, and no third time', async () => {
  const { conversation, asked, waits } = scene(() => refused(429, 5_000));
  await conversation.ask('How much?');
  assert.deepEqual([asked.length, waits], [2, [5_000]]);
  const failure = conversation.turns[0]?.answer.failure;
  assert.deepEqual([failure?.kind, failure?.message, failure?.retryAtMs], ['throttled', 'Too many.', 6_000]);
});

const NOT_AGAIN: ReadonlyArray<readonly [string, StreamEnd, string]> = [
  ['too long a wait', refused(429, RETRY_MS_MAX + 1), 'throttled'],
  ['no time told', refused(400, null), 'internal'],
  ['not allowed', refused(403, null), 'notAllowed'],
  ['sign-in', { kind: 'locked', code: 'notSignedIn', message: 'Sign in first.' }, 'notAllowed'],
  ['nobody there', { kind: 'gone' }, 'gatewayDown'],
];

for (const [name, end, kind] of NOT_AGAIN) {
  test(`conversation: is not asked again by itself: ${name}`, async () => {
    const { conversation, asked, ended } = scene(() => end);
    await conversation.ask('How much?');
    assert.equal(asked.length, 1);
    assert.deepEqual([ended[0]?.answer.status, ended[0]?.answer.failure?.kind], ['failed', kind]);
  });
}

test('conversation: who has to sign in is told by the code of the app, whatever a proxy called it', async () => {
  const { conversation, ended } = scene(() => ({ kind: 'locked', code: '', message: '' }));
  await conversation.ask('How much?');
  assert.equal(ended[0]?.answer.failure?.code, 'notSignedIn');
});

test('conversation: stop keeps what was written, tells the app, and takes nothing that comes late', async () => {
  const { promise, resolve } = Promise.withResolvers<StreamEnd>();
  const given: Following[] = [];
  const { conversation, stopped } = scene((following) => {
    given.push(following);
    EVENTS.slice(0, 2).forEach(following.onEvent);
    return promise;
  });
  const asked = conversation.ask('How much?');
  await Promise.resolve();
  conversation.stop();
  assert.deepEqual(stopped, ['t1']);
  assert.equal(given[0]?.signal.aborted, true);
  given[0]?.onEvent({ type: 'delta', text: ' And more.', id: 9 });
  resolve({ kind: 'aborted' });
  await asked;
  const [turn] = conversation.turns;
  assert.deepEqual([turn?.answer.status, turn?.answer.text], ['stopped', 'It is 12 euros.']);
  assert.equal(conversation.isBusy, false);
});

test('conversation: stop ends the wait for another try, too', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { conversation, asked } = scene(
    () => refused(429, 5_000),
    () => promise,
  );
  const all = conversation.ask('How much?');
  await new Promise((done) => setImmediate(done));
  assert.equal(conversation.turns[0]?.answer.waitingUntilMs, 6_000);
  conversation.stop();
  resolve();
  await all;
  assert.equal(asked.length, 1);
});

test('conversation: a turn that failed is asked again in its place', async () => {
  const { conversation, asked } = scene((following, times) =>
    times === 1 ? { kind: 'gone' } : whole(following, times),
  );
  await conversation.ask('How much?');
  const [failed] = conversation.turns;
  assert.ok(failed !== undefined);
  await conversation.again(failed);
  assert.equal(asked.length, 2);
  assert.deepEqual(
    conversation.turns.map(({ answer }) => answer.status),
    ['done'],
  );
});

test('conversation: one that the app does not know any more is not asked for again', async () => {
  const gone: StreamEnd = { kind: 'refused', status: 404, code: 'noConversation', message: '', retryAfterMs: null };
  const { conversation, asked } = scene((following, times) => (times === 2 ? gone : whole(following, times)));
  await conversation.ask('How much?');
  await conversation.ask('And cats?');
  const failed = conversation.turns.at(-1);
  assert.ok(failed?.answer.status === 'failed');
  await conversation.again(failed);
  assert.deepEqual(
    asked.map(({ conversationId }) => conversationId),
    [null, 'c1', null],
  );
});

test('conversation: keeps so many turns and no more', async () => {
  const { conversation } = scene(whole);
  for (let i = 0; i <= TURNS_MAX; i++) await conversation.ask(`Question ${i}?`);
  assert.equal(conversation.turns.length, TURNS_MAX);
  assert.equal(conversation.turns[0]?.question, 'Question 1?');
});
