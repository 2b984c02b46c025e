import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { QUOTED_CHARS_MAX, quoteSafely } from './secret-safe.ts';
import { readError, readToken, TOKEN_CHARS_MAX, TOKEN_LIFETIME_MS_MAX, tokenFault } from './token-answer.ts';

const SENT_MS = 1_772_323_198_987.25;
const SENT_S = Math.floor(SENT_MS / 1000);

const EXPIRIES: readonly (readonly [name: string, given: object, wantMs: number])[] = [
  ['expires_in as a number', { expires_in: 3599 }, SENT_MS + 3_599_000],
  ['expires_in as a string', { expires_in: '86399' }, SENT_MS + 86_399_000],
  ['expires_on as a number', { expires_on: SENT_S + 600 }, (SENT_S + 600) * 1000],
  ['expires_on as a string', { expires_on: String(SENT_S + 600) }, (SENT_S + 600) * 1000],
  ['the earlier of both', { expires_in: '86400', expires_on: SENT_S + 600 }, (SENT_S + 600) * 1000],
  ['the readable one of both', { expires_in: 60, expires_on: '02/28/2026 23:59:58 +00:00' }, SENT_MS + 60_000],
  ['a day at most', { expires_in: 1e15 }, SENT_MS + TOKEN_LIFETIME_MS_MAX],
];

for (const [name, given, wantMs] of EXPIRIES) {
  test(`readToken: expiry from ${name}`, () => {
    const got = readToken(JSON.stringify({ access_token: 'a.b-c_d~e+f/g=', ...given }), SENT_MS);
    assert.deepEqual(got, { value: 'a.b-c_d~e+f/g=', expiresAtMs: wantMs });
  });
}

const GARBAGE: readonly (readonly [name: string, text: string, want: RegExp])[] = [
  ['nothing', '', /not a JSON object/],
  ['a page', '<html>sign in</html>', /not a JSON object/],
  ['an array', '[]', /not a JSON object/],
  ['null', 'null', /not a JSON object/],
  ['no token', '{"expires_in":1}', /no access_token/],
  ['a token that is no string', '{"access_token":{"a":1},"expires_in":1}', /no access_token/],
  ['an empty token', '{"access_token":"","expires_in":1}', /an empty token/],
  ['a token with a line break', '{"access_token":"a\\r\\nx-evil: 1","expires_in":1}', /characters that no token has/],
  ['another kind of token', '{"access_token":"a","expires_in":1,"token_type":"pop"}', /token_type/],
  ['no expiry', '{"access_token":"a"}', /no number of seconds/],
  ['an expiry in words', '{"access_token":"a","expires_in":"soon"}', /no number of seconds/],
  ['an expiry below zero', '{"access_token":"a","expires_in":-5}', /no number of seconds/],
  ['an expiry that is past', '{"access_token":"a","expires_on":1}', /expired already.*clock/],
  ['no time at all', '{"access_token":"a","expires_in":0}', /expired already/],
];

for (const [name, text, want] of GARBAGE) {
  test(`readToken: says what is wrong with ${name}`, () => {
    const got = readToken(text, SENT_MS);
    assert.ok('garbage' in got);
    assert.match(got.garbage, want);
  });
}

test('tokenFault: a token may be as long as its limit and no longer', () => {
  assert.equal(tokenFault('a'.repeat(TOKEN_CHARS_MAX)), null);
  assert.match(tokenFault('a'.repeat(TOKEN_CHARS_MAX + 1)) ?? '', /more than/);
});

const ERRORS: readonly (readonly [name: string, body: unknown, want: string])[] = [
  [
    'Entra ID',
    { error: 'invalid_client', error_description: 'AADSTS7000215: wrong.\r\nTrace ID: 1' },
    'invalid_client: AADSTS7000215: wrong. Trace ID: 1',
  ],
  [
    'the machine',
    { error: 'invalid_request', error_description: 'Identity not found' },
    'invalid_request: Identity not found',
  ],
  ['the app', { statusCode: 500, message: 'An unexpected error occured' }, 'An unexpected error occured'],
  ['a nested error', { error: { code: 'NoIdentity', message: 'none here' } }, 'NoIdentity: none here'],
  ['one that says nothing', { ok: false }, ''],
];

for (const [name, body, want] of ERRORS) {
  test(`readError: understands ${name}`, () => assert.equal(readError(JSON.stringify(body), []), want));
}

test('readError: says nothing of what it cannot read', () => assert.equal(readError('<html>', []), ''));

const WRAPPINGS: readonly (readonly [name: string, wrap: (secret: string) => string, want: RegExp])[] = [
  ['as it is', (s) => s, /^\[secret\]$/],
  ['in a path', encodeURIComponent, /^\[secret\]$/],
  ['in a form', (s) => new URLSearchParams({ k: s }).toString(), /^k=\[secret\]$/],
  ['in JSON', (s) => JSON.stringify({ k: s }), /^\{"k":"\[secret\]"\}$/],
  ['in base64', (s) => Buffer.from(s).toString('base64'), /^\[secret\]=*$/],
  ['in base64 for URLs', (s) => Buffer.from(s).toString('base64url'), /^\[secret\]$/],
];

for (const [name, wrap, want] of WRAPPINGS) {
  test(`quoteSafely: nothing is left of a secret ${name}`, () => {
    // Long enough not to be a part of what is around it, and no blanks at its ends, which are cut.
    const secret = fc.oneof(
      fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' }),
      fc.string({ minLength: 8, maxLength: 40, unit: 'binary' }).map((text) => text.toWellFormed()),
    );
    fc.assert(
      fc.property(
        secret.map((text) => `<${text}>`),
        (value) => assert.match(quoteSafely(wrap(value), [value]), want),
      ),
      { seed: 20260228 },
    );
  });
}

test('quoteSafely: cuts out what looks like a token, and stays on one line of bounded length', () => {
  assert.equal(quoteSafely('got eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln\nnow', []), 'got [secret] now');
  assert.equal(quoteSafely('x'.repeat(1000), []).length, QUOTED_CHARS_MAX + 1);
  assert.equal(quoteSafely('ab', ['']), 'ab');
});
