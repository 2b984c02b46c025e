import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOfCaller } from './identity.ts';
import { TOKEN_UNAUTHORIZED, WRONG_KEY } from './wire/refusals.ts';

const NOW_MS = 1_772_323_198_987;
const KEYS = ['key-1', 'key-2'];

function token(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.signature`;
}

const LATER = NOW_MS / 1000 + 3600;

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
  [
    'a token of the old audience',
    undefined,
    `Bearer ${token({ aud: 'https://cognitiveservices.azure.com', exp: LATER })}`,
    null,
  ],
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
    assert.equal(refusalOfCaller(apiKey, authorization, KEYS, NOW_MS), refusal);
  });
}
