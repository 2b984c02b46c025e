import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KeyedRequest, keyOf, type Matching } from './key.ts';

const EXACT: Matching = { body: 'exact', apiVersion: 'ignored' };
const JSON_BODY: Matching = { body: 'json', apiVersion: 'ignored' };
const VERSION: Matching = { body: 'exact', apiVersion: 'compared' };

interface Given {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly body?: string | Buffer;
}

function request({ method = 'POST', path = '/openai/x', query = '', contentType, body = '{}' }: Given): KeyedRequest {
  const header = (name: string) => (name === 'content-type' ? contentType : undefined);
  return { method, path, query, header, body: Buffer.from(body) };
}

const CASES: ReadonlyArray<
  readonly [name: string, one: Given, other: Given, matching: Matching, want: 'equal' | 'different']
> = [
  ['the same', {}, {}, EXACT, 'equal'],
  ['another method', {}, { method: 'PUT' }, EXACT, 'different'],
  ['another path', {}, { path: '/openai/y' }, EXACT, 'different'],
  ['another body', {}, { body: '{"a":1}' }, EXACT, 'different'],
  ['another query', {}, { query: 'api-version=2024-10-21' }, EXACT, 'equal'],
  ['another api-version, compared', { query: 'api-version=a' }, { query: 'api-version=b' }, VERSION, 'different'],
  ['the same api-version among others', { query: 'api-version=a' }, { query: 'x=1&api-version=a' }, VERSION, 'equal'],
  ['other blanks', { body: '{"a":1}' }, { body: '{ "a": 1 }' }, EXACT, 'different'],
  ['other blanks, as JSON', { body: '{"a":1}' }, { body: '{ "a": 1 }' }, JSON_BODY, 'equal'],
  [
    'another order within, as JSON',
    { body: '{"a":{"b":1,"c":2}}' },
    { body: '{"a":{"c":2,"b":1}}' },
    JSON_BODY,
    'equal',
  ],
  ['another order in a list, as JSON', { body: '[1,2]' }, { body: '[2,1]' }, JSON_BODY, 'different'],
  ['no JSON, as JSON', { body: 'a' }, { body: 'b' }, JSON_BODY, 'different'],
];

for (const [name, one, other, matching, want] of CASES) {
  test(`keyOf: ${name}: ${want}`, () => {
    const keys = [one, other].map((given) => keyOf(request(given), matching));
    assert.equal(keys[0] === keys[1], want === 'equal');
  });
}

function form(boundary: string, file: string): Given {
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n${file}\r\n--${boundary}--\r\n`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

test('keyOf: the boundary that a client drew does not count, and what stands between does', () => {
  const key = keyOf(request(form('----WebKit123', 'sound')), EXACT);
  assert.equal(keyOf(request(form('another-one', 'sound')), EXACT), key);
  const { body = '' } = form('q', 'sound');
  assert.equal(keyOf(request({ contentType: 'Multipart/Form-Data; charset=x; boundary="q"', body }), EXACT), key);
  assert.notEqual(keyOf(request(form('another-one', 'noise')), EXACT), key);
});

test('keyOf: a body nested too deep to be written again is compared byte for byte', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  assert.equal(keyOf(request({ body: deep }), JSON_BODY), keyOf(request({ body: deep }), JSON_BODY));
});

test('keyOf: JSON written anew in any order of keys has the same key (seed 90)', () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, each]) => [name, turned(each)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const [one, other] = [JSON.stringify(value), JSON.stringify(turned(value), null, 1)];
      assert.equal(keyOf(request({ body: one }), JSON_BODY), keyOf(request({ body: other }), JSON_BODY));
    }),
    { seed: 90, numRuns: 200 },
  );
});
