import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Door, type Knock, refusalOfCaller, type TokenJudge, type TokenVerdict } from './identity.ts';
import { mayDo, type Role } from './roles.ts';
import { KEYS_DISABLED, TOKEN_UNAUTHORIZED, WRONG_KEY } from './wire/refusals.ts';

const NOW_MS = 1_772_323_198_987;
const DOOR: Door = { name: 'openai1', keys: ['key-1', 'key-2'], dialect: '2026' };
const LATER = NOW_MS / 1000 + 3600;

function token(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.signature`;
}

function knock(apiKey: string | undefined, authorization: string | undefined, method = 'POST', path = CHAT): Knock {
  const headers = new Map([
    ['api-key', apiKey],
    ['authorization', authorization],
  ]);
  return { method, path, header: (name) => headers.get(name) };
}

const CHAT = '/openai/deployments/chat/chat/completions';
const GOOD = `Bearer ${token({ aud: 'https://cognitiveservices.azure.com', exp: LATER })}`;

const CALLERS: ReadonlyArray<
  readonly [name: string, apiKey: string | undefined, authorization: string | undefined, refusal: object | null]
> = [
  ['a key', 'key-2', undefined, null],
  ['a key as Bearer', undefined, 'Bearer key-1', null],
  ['no credential', undefined, undefined, WRONG_KEY],
  ['a wrong key', 'key-3', undefined, WRONG_KEY],
  ['a wrong key as Bearer', undefined, 'Bearer key-3', WRONG_KEY],
  ['a wrong key beside a right Bearer', 'key-3', 'Bearer key-1', WRONG_KEY],
  ['another scheme', undefined, 'Basic a2V5', TOKEN_UNAUTHORIZED],
  ['a token of the old audience', undefined, GOOD, null],
  ['a token of the new audience', undefined, `Bearer ${token({ aud: 'https://ai.azure.com/', exp: LATER })}`, null],
  [
    'a token of another audience',
    undefined,
    `Bearer ${token({ aud: 'https://vault.azure.net', exp: LATER })}`,
    TOKEN_UNAUTHORIZED,
  ],
  [
    'an expired token',
    undefined,
    `Bearer ${token({ aud: 'https://ai.azure.com', exp: NOW_MS / 1000 })}`,
    TOKEN_UNAUTHORIZED,
  ],
  ['a token that never expires', undefined, `Bearer ${token({ aud: 'https://ai.azure.com' })}`, TOKEN_UNAUTHORIZED],
  ['a token without an audience', undefined, `Bearer ${token({ exp: LATER })}`, TOKEN_UNAUTHORIZED],
  ['a token that is no JSON', undefined, 'Bearer abc.def.ghi', TOKEN_UNAUTHORIZED],
];

for (const [name, apiKey, authorization, refusal] of CALLERS) {
  test(`refusalOfCaller: ${name} is ${refusal === null ? 'let in' : 'refused'}`, () => {
    assert.equal(refusalOfCaller(knock(apiKey, authorization), DOOR, undefined, NOW_MS), refusal);
  });
}

const KEYLESS: typeof CALLERS = [
  ['a right key', 'key-1', undefined, KEYS_DISABLED],
  ['a wrong key', 'key-3', undefined, KEYS_DISABLED],
  ['a key as Bearer', undefined, 'Bearer key-1', KEYS_DISABLED],
  ['a token', undefined, GOOD, null],
  ['no credential', undefined, undefined, WRONG_KEY],
];

for (const [name, apiKey, authorization, refusal] of KEYLESS) {
  test(`refusalOfCaller: where keys are disabled, ${name} is ${refusal === null ? 'let in' : 'refused'}`, () => {
    const door: Door = { ...DOOR, keyAuth: 'disabled' };
    assert.equal(refusalOfCaller(knock(apiKey, authorization), door, undefined, NOW_MS), refusal);
  });
}

function judge(verdict: TokenVerdict): TokenJudge {
  return { verdictOn: () => verdict };
}

function holder(...roles: readonly Role[]): TokenJudge {
  const principal = {
    objectId: 'oid-1',
    mayDo: (resource: string, action: string) => resource === 'openai1' && mayDo(roles, action),
  };
  return judge({ kind: 'principal', principal });
}

const V1 = '/openai/v1/responses';
const VERDICTS: ReadonlyArray<
  readonly [name: string, judge: TokenJudge, door: Partial<Door>, path: string, message: string | null]
> = [
  ['one that nobody can verify is let in', judge({ kind: 'foreign' }), {}, CHAT, null],
  [
    'one that is refused',
    judge({ kind: 'refused' }),
    {},
    CHAT,
    'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
  ],
  ['one with a role is let in', holder('Cognitive Services OpenAI User'), {}, V1, null],
  [
    'one without a role',
    holder(),
    {},
    CHAT,
    'The principal `oid-1` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{deployment-id}/chat/completions` operation.',
  ],
  [
    'one whose role is of the control plane alone, on v1',
    holder('Owner', 'Cognitive Services Contributor'),
    {},
    V1,
    'The principal `oid-1` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/responses/write` to perform `POST /openai/v1/responses` operation.',
  ],
  [
    'one whose role is on another resource, in the words of 2024',
    holder('Cognitive Services OpenAI User'),
    { name: 'openai2', dialect: '2024' },
    CHAT,
    'Principal does not have access to API/Operation.',
  ],
];

for (const [name, by, door, path, message] of VERDICTS) {
  test(`refusalOfCaller: of good tokens, ${name}${message === null ? '' : ' is told so'}`, () => {
    const refusal = refusalOfCaller(knock(undefined, GOOD, 'POST', path), { ...DOOR, ...door }, by, NOW_MS);
    if (refusal === null) return assert.equal(message, null);
    assert.equal(refusal.status, 401);
    const body = JSON.parse(refusal.body);
    assert.equal(body.error?.message ?? body.message, message);
  });
}

test('refusalOfCaller: nobody is asked about a token that has expired, or is for somebody else', () => {
  const asked: string[] = [];
  const by: TokenJudge = {
    verdictOn(given) {
      asked.push(given);
      return { kind: 'foreign' };
    },
  };
  const late = token({ aud: 'https://ai.azure.com', exp: NOW_MS / 1000 - 1 });
  assert.equal(refusalOfCaller(knock(undefined, `Bearer ${late}`), DOOR, by, NOW_MS), TOKEN_UNAUTHORIZED);
  assert.deepEqual(asked, []);
});
