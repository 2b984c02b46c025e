import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  type Blame,
  blame,
  isEcho,
  judge,
  judgeEvent,
  type Next,
  next,
  OUTCOME_KINDS,
  type Outcome,
  type OutcomeKind,
} from './outcome.ts';

const NOW = 1_790_000_000_000;

function answer(status: number, headers: Readonly<Record<string, string>> = {}, code: string | null = null): Answer {
  return { status, header: (name) => headers[name], facts: { code, message: null, type: null } };
}

const JUDGED: ReadonlyArray<readonly [name: string, given: Answer, want: Outcome]> = [
  ['200', answer(200), { kind: 'answered', status: 200 }],
  ["a redirect is the client's", answer(307), { kind: 'answered', status: 307 }],
  ['400 content filter', answer(400, {}, 'content_filter'), { kind: 'answered', status: 400 }],
  ['400 of a prompt that is too long', answer(400, {}, 'context_length_exceeded'), { kind: 'tooLong', status: 400 }],
  [
    '400 whose words say so',
    {
      ...answer(400),
      facts: { code: '400', message: "This model's maximum context length is 9 tokens.", type: null },
    },
    { kind: 'tooLong', status: 400 },
  ],
  ['401', answer(401), { kind: 'refused', status: 401 }],
  ['403', answer(403), { kind: 'refused', status: 403 }],
  ['404 of a deployment', answer(404, {}, 'DeploymentNotFound'), { kind: 'deploymentMissing', status: 404 }],
  ['404 of an id', answer(404, {}, '404'), { kind: 'answered', status: 404 }],
  ['408', answer(408, {}, 'Timeout'), { kind: 'requestTimeout', status: 408 }],
  ['409', answer(409), { kind: 'answered', status: 409 }],
  ['424 without an inner status', answer(424), { kind: 'answered', status: 424 }],
  [
    '424 with an inner 400',
    answer(424, { 'ms-azureml-model-error-statuscode': '400' }),
    { kind: 'answered', status: 424 },
  ],
  [
    '424 with an inner 503',
    answer(424, { 'ms-azureml-model-error-statuscode': '503' }),
    { kind: 'serverError', status: 424 },
  ],
  [
    '424 with an inner 429',
    answer(424, { 'ms-azureml-model-error-statuscode': '429', 'retry-after': '3' }),
    { kind: 'throttled', status: 424, hint: { waitMs: 3_000, source: 'retry-after' } },
  ],
  [
    '429 with both hints',
    answer(429, { 'retry-after': '1', 'retry-after-ms': '43' }),
    { kind: 'throttled', status: 429, hint: { waitMs: 43, source: 'retry-after-ms' } },
  ],
  ['429 with nothing of use', answer(429, { 'retry-after': '0' }), { kind: 'throttled', status: 429, hint: null }],
  ['500', answer(500), { kind: 'serverError', status: 500 }],
  ['599', answer(599), { kind: 'serverError', status: 599 }],
];

for (const [name, given, want] of JUDGED) test(`judge: ${name}`, () => assert.deepEqual(judge(given, NOW), want));

test("judge: a 404 whose body was not read is the client's", () => {
  assert.deepEqual(judge({ status: 404, header: () => undefined, facts: null }, NOW), {
    kind: 'answered',
    status: 404,
  });
});

const EVENTS: ReadonlyArray<readonly [type: string | null, code: string | null, kind: OutcomeKind]> = [
  ['too_many_requests', 'no_capacity', 'throttled'],
  [null, 'rate_limit_exceeded', 'throttled'],
  ['server_error', null, 'serverError'],
  ['user_error', 'invalid_prompt', 'answered'],
  ['forbidden', null, 'answered'],
  [null, 'overloaded', 'serverError'],
  ['service_unavailable', null, 'serverError'],
  [null, null, 'answered'],
];

for (const [type, code, kind] of EVENTS) {
  test(`judgeEvent: type ${type}, code ${code} → ${kind}`, () => {
    assert.equal(judgeEvent({ type, code, message: null }, 200).kind, kind);
  });
}

test('judgeEvent: an overloaded model is known by its words, whatever its code', () => {
  const message = 'That model is currently overloaded with other requests.';
  assert.equal(judgeEvent({ type: null, code: null, message }, 200).kind, 'serverError');
});

/** One of each kind: what may follow for a repeatable and for a careful request, and whose doing it was. */
const ENDINGS: Readonly<Record<OutcomeKind, readonly [Outcome, repeatable: Next, careful: Next, Blame]>> = {
  answered: [{ kind: 'answered', status: 200 }, 'stop', 'stop', 'nobody'],
  throttled: [{ kind: 'throttled', status: 429, hint: null }, 'tryAnother', 'tryAnother', 'quota'],
  tooLong: [{ kind: 'tooLong', status: 400 }, 'tryAnother', 'tryAnother', 'client'],
  serverError: [{ kind: 'serverError', status: 500 }, 'tryAnother', 'stop', 'deployment'],
  requestTimeout: [{ kind: 'requestTimeout', status: 408 }, 'tryAnother', 'stop', 'deployment'],
  refused: [{ kind: 'refused', status: 401 }, 'tryAnother', 'tryAnother', 'backend'],
  deploymentMissing: [{ kind: 'deploymentMissing', status: 404 }, 'tryAnother', 'tryAnother', 'nobody'],
  noCredential: [{ kind: 'noCredential' }, 'tryAnother', 'tryAnother', 'backend'],
  connectFailed: [{ kind: 'connectFailed', code: 'ECONNREFUSED' }, 'tryAnother', 'tryAnother', 'backend'],
  broken: [{ kind: 'broken', code: 'ECONNRESET' }, 'tryAnother', 'stop', 'deployment'],
  firstByteTimeout: [{ kind: 'firstByteTimeout' }, 'tryAnother', 'stop', 'deployment'],
  idleTimeout: [{ kind: 'idleTimeout' }, 'tryAnother', 'stop', 'deployment'],
  totalTimeout: [{ kind: 'totalTimeout' }, 'stop', 'stop', 'nobody'],
  cut: [{ kind: 'cut', code: 'ECONNRESET' }, 'stop', 'stop', 'deployment'],
  stalled: [{ kind: 'stalled', code: 'ECONNRESET' }, 'stop', 'stop', 'client'],
  clientGone: [{ kind: 'clientGone' }, 'stop', 'stop', 'client'],
  outpaced: [{ kind: 'outpaced' }, 'stop', 'stop', 'nobody'],
  malformed: [{ kind: 'malformed' }, 'stop', 'stop', 'client'],
};

for (const [kind, [outcome, repeatable, careful, whose]] of Object.entries(ENDINGS)) {
  test(`next and blame: ${kind} → ${repeatable} or, where it could be done twice, ${careful}; ${whose}`, () => {
    assert.equal(next(outcome, 'repeatable'), repeatable);
    assert.equal(next(outcome, 'provenUnstarted'), careful);
    assert.equal(blame(outcome), whose);
  });
}

const SERVER_ERROR: Outcome = { kind: 'serverError', status: 500 };
const ECHOES: ReadonlyArray<readonly [name: string, before: readonly Outcome[], last: Outcome, want: boolean]> = [
  ['the first failure', [], SERVER_ERROR, false],
  ['the same one again', [SERVER_ERROR], SERVER_ERROR, true],
  [
    'the same one, with others between',
    [SERVER_ERROR, { kind: 'throttled', status: 429, hint: null }],
    SERVER_ERROR,
    true,
  ],
  ['another status', [SERVER_ERROR], { kind: 'serverError', status: 503 }, false],
  ['another ending', [SERVER_ERROR], { kind: 'firstByteTimeout' }, false],
  ['silence again', [{ kind: 'firstByteTimeout' }], { kind: 'firstByteTimeout' }, true],
  ["a backend's failure", [{ kind: 'connectFailed', code: 'x' }], { kind: 'connectFailed', code: 'x' }, false],
  [
    'a refusal',
    [{ kind: 'throttled', status: 429, hint: null }],
    { kind: 'throttled', status: 429, hint: null },
    false,
  ],
];

for (const [name, before, last, want] of ECHOES) {
  test(`isEcho: ${name} → ${want}`, () => assert.equal(isEcho([...before, last], before.length), want));
}

test('isEcho: tries under way, and ones that do not exist, say nothing', () => {
  assert.equal(isEcho([undefined, SERVER_ERROR], 1), false);
  assert.equal(isEcho([SERVER_ERROR], 1), false);
});

test('OUTCOME_KINDS: lists every kind once', () => {
  assert.deepEqual([...OUTCOME_KINDS].toSorted(), Object.keys(ENDINGS).toSorted());
});

test("blame: an error that is the client's own moves nothing", () => {
  assert.equal(blame({ kind: 'answered', status: 400 }), 'client');
});
