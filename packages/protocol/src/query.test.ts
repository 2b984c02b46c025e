import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apiVersionOf, queryValue, withoutApiVersion, withoutCredentials } from './query.ts';

const VERSIONS: ReadonlyArray<readonly [query: string, version: string | null, without: string]> = [
  ['', null, ''],
  ['api-version=2024-10-21', '2024-10-21', ''],
  ['a=1&api-version=preview', 'preview', 'a=1'],
  ['api-version=v1&a=1', 'v1', 'a=1'],
  ['a=1&api-version=v1&b=2', 'v1', 'a=1&b=2'],
  ['api-version=', '', ''],
  ['api-version', '', ''],
  ['api-version=1&api-version=2', '1', ''],
  ['api-version=1&x&api-version=2', '1', 'x'],
  ['api%2Dversion=1', '1', ''],
  ['api%2dversion=1', '1', ''],
  ['%61pi-version=1', '1', ''],
  ['API-Version=1', '1', ''],
  ['api-version=a=b', 'a=b', ''],
  ['api-version=2024%2D10', '2024%2D10', ''],
  ['xapi-version=1', null, 'xapi-version=1'],
  ['api-versions=1', null, 'api-versions=1'],
  ['x=api-version=1', null, 'x=api-version=1'],
  ['x=1;api-version=1', null, 'x=1;api-version=1'],
  ['=api-version', null, '=api-version'],
  ['%=1&api-version=2', '2', '%=1'],
  ['a=1&&b=2&', null, 'a=1&&b=2&'],
  ['&api-version=1&', '1', '&'],
];

for (const [query, version, without] of VERSIONS) {
  test(`apiVersionOf: '${query}' has ${JSON.stringify(version)}`, () => assert.equal(apiVersionOf(query), version));
  test(`withoutApiVersion: '${query}' becomes '${without}'`, () => assert.equal(withoutApiVersion(query), without));
}

const CREDENTIALS: ReadonlyArray<readonly [query: string, without: string]> = [
  ['', ''],
  ['api-key=secret', ''],
  ['api-version=1&api-key=secret&deployment=m', 'api-version=1&deployment=m'],
  ['API-KEY=secret&a=1', 'a=1'],
  ['api%2Dkey=secret&a=1', 'a=1'],
  ['subscription-key=secret&a=1', 'a=1'],
  ['api-key&api-key=a&api-key=b', ''],
  ['api-keys=1&my-api-key=2', 'api-keys=1&my-api-key=2'],
];

for (const [query, without] of CREDENTIALS) {
  test(`withoutCredentials: '${query}' becomes '${without}'`, () => assert.equal(withoutCredentials(query), without));
}

const pair = fc.oneof(
  fc.constantFrom(
    'api-version=1',
    'api-version',
    'API-version=2',
    'api%2Dversion=3',
    '',
    'a=%zz',
    'a=1&',
    'limit=20',
    '=',
  ),
  fc.string({ maxLength: 12 }),
);

test('withoutApiVersion: leaves every other pair as it was, in order', () => {
  fc.assert(
    fc.property(fc.array(pair), (pairs) => {
      const query = pairs.join('&');
      const left = withoutApiVersion(query);
      assert.equal(apiVersionOf(left), null);
      assert.equal(withoutApiVersion(left), left);
      if (apiVersionOf(query) === null) assert.equal(left, query);
      const others = query.split('&').filter((part) => apiVersionOf(part) === null);
      assert.equal(left, others.join('&'));
    }),
  );
});

const VALUES: ReadonlyArray<readonly [query: string, name: string, want: string | null]> = [
  ['', 'limit', null],
  ['limit=20&after=file-1', 'after', 'file-1'],
  ['Limit=20', 'limit', '20'],
  ['limit', 'limit', ''],
  ['limit=1&limit=2', 'limit', '1'],
  ['%24filter=a%20eq%20b', '$filter', 'a eq b'],
  ['q=a+b%2B', 'q', 'a b+'],
  ['q=%', 'q', '%'],
];

for (const [query, name, want] of VALUES) {
  test(`queryValue: ${name} of ?${query} is ${want}`, () => {
    assert.equal(queryValue(query, name), want);
  });
}
