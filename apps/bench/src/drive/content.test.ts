import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE64_CHARS_MIN, CONTENT_CHARS_MAX, contentOf } from './content.ts';

const of = (body: unknown, texts: readonly string[] = [], secrets: readonly string[] = []) =>
  contentOf(JSON.stringify(body), texts, secrets);

test('contentOf: what is short is as it was sent and answered, each choice apart', () => {
  const body = { messages: [{ role: 'user', content: 'Grüße\n"東京"' }], max_tokens: 5, stream: true, stop: null };
  assert.deepEqual(of(body, ['eins', 'zwei']), {
    request: body,
    output: [
      { role: 'assistant', content: 'eins' },
      { role: 'assistant', content: 'zwei' },
    ],
  });
  assert.equal(of(body).output, null);
  assert.deepEqual(contentOf('no json', [], []).request, 'no json');
});

test('contentOf: no credential, wherever it stands', () => {
  const key = 'canary-key-1';
  const body = {
    messages: [{ role: 'user', content: `my key is ${key}, sent as Authorization: Bearer canary.token-2==` }],
    tools: [{ type: 'mcp', authorization: 'canary-3', headers: { 'x-api-key': 'canary-4' } }],
    data_sources: [{ parameters: { authentication: { type: 'api_key', key: 'canary-5' }, password: 'canary-6' } }],
  };
  const content = of(body, [`you said ${key}`, 'bearer canary.token-2=='], [key, '']);
  assert.doesNotMatch(JSON.stringify(content), /canary/);
  assert.deepEqual(content.output, [
    { role: 'assistant', content: 'you said [credential]' },
    { role: 'assistant', content: 'bearer [credential]' },
  ]);
});

test('contentOf: pictures are shortened to their beginning and their length; shorter runs stay', () => {
  const picture = 'iVBORw0KGgo'.repeat(1_000);
  const url = { url: `data:image/png;base64,${picture}==` };
  const short = 'a'.repeat(BASE64_CHARS_MIN - 1);
  const { request } = of({ messages: [{ content: [{ type: 'image_url', image_url: url }, short, `${short}a`] }] });
  assert.deepEqual(request, {
    messages: [
      {
        content: [
          {
            type: 'image_url',
            image_url: { url: `data:image/png;base64,${picture.slice(0, 32)}… (11002 characters of base64)` },
          },
          short,
          `${'a'.repeat(32)}… (256 characters of base64)`,
        ],
      },
    ],
  });
});

const DEEP = JSON.parse(`${'['.repeat(40)}1${']'.repeat(40)}`);
const LONG: ReadonlyArray<readonly [name: string, body: unknown, told: RegExp]> = [
  ['a long text', { input: 'ab '.repeat(50_000) }, /… \(150000 characters in all\)/],
  ['characters that are longer as JSON', { input: '\u0001 '.repeat(50_000) }, /… \(100000 characters in all\)/],
  ['many texts', { messages: Array.from({ length: 30_000 }, () => 'a b') }, /"… \d{5} more"/],
  ['many fields', Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`name ${at}`, 1])), /"…":"\d{5} more"/],
  ['many numbers', { input: Array.from({ length: 30_000 }, (_, at) => at) }, /"… \d{5} more"/],
  ['depth', { input: DEEP }, /"… deeper than is written"/],
];
for (const [name, body, told] of LONG) {
  test(`contentOf: no record is longer than its bound, and says what it left out: ${name}`, () => {
    const text = JSON.stringify(of(body).request);
    assert.ok(text.length <= CONTENT_CHARS_MAX, `${text.length}`);
    assert.match(text, told);
  });
}

test('contentOf: answers have a bound of their own', () => {
  const { request, output } = of({ input: 'x '.repeat(50_000) }, ['y '.repeat(50_000), 'z']);
  const text = JSON.stringify(output);
  assert.ok(JSON.stringify(request).length > 10_000 && text.length > 10_000 && text.length <= CONTENT_CHARS_MAX);
  assert.match(text, /… \(100000 characters in all\)"\},\{"role":"assistant","content":"… 1 more"/);
});
