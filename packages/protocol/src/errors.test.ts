import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { azureError, type ErrorFacts, errorFacts, isRecord } from './errors.ts';

const NONE: ErrorFacts = { code: null, message: null, type: null };

/** Bodies of wire reference §2.1, §3.1–3.4 and §5.5. */
const TABLE: ReadonlyArray<readonly [name: string, body: string, want: Partial<ErrorFacts>]> = [
  [
    'Azure',
    '{"error":{"code":"DeploymentNotFound","message":"The API deployment …"}}',
    { code: 'DeploymentNotFound', message: 'The API deployment …' },
  ],
  [
    'Azure with a blank after the colon',
    '{"error":{"code":"404","message": "Resource not found"}}',
    { code: '404', message: 'Resource not found' },
  ],
  [
    'the engine',
    '{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}',
    { message: 'The server had an error', type: 'server_error' },
  ],
  [
    'a front, flat',
    '{"statusCode":401,"message":"Unauthorized. Access token is missing"}',
    { message: 'Unauthorized. Access token is missing' },
  ],
  [
    'a content filter',
    '{"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
    { code: 'content_filter', message: 'filtered' },
  ],
  [
    'shared pool',
    '{"error":{"type":"too_many_requests","code":"no_capacity","message":"high demand"}}',
    { code: 'no_capacity', type: 'too_many_requests', message: 'high demand' },
  ],
  [
    'a Responses event',
    '{"type":"error","error":{"type":"too_many_requests","code":"no_capacity","message":"m","param":null}}',
    { code: 'no_capacity', type: 'too_many_requests', message: 'm' },
  ],
  [
    'a flat Responses event',
    '{"type":"error","code":"server_error","message":"m","param":null}',
    { code: 'server_error', type: 'error', message: 'm' },
  ],
  ['a code that is a number', '{"error":{"code":429,"message":"m"}}', { code: '429', message: 'm' }],
  ['an error that is text', '{"error":"too many requests","code":"x"}', { message: 'too many requests' }],
  ['an error of null', '{"error":null,"message":"m"}', { message: 'm' }],
  ['an error that is a list', '{"error":["x"],"code":"c"}', { code: 'c' }],
  ['fields of other kinds', '{"error":{"code":{},"message":[],"type":1}}', {}],
  ['nothing known', '{"a":1}', {}],
  ['an empty body', '', {}],
  ['HTML', '<html><body>502 Bad Gateway</body></html>', {}],
  ['a cut body', '{"error":{"code":"429","mess', {}],
  ['a list', '[{"error":{"code":"429"}}]', {}],
  ['null', 'null', {}],
  ['a string', '"error"', {}],
];

for (const [name, body, want] of TABLE) {
  test(`errorFacts: ${name}`, () => assert.deepEqual(errorFacts(body), { ...NONE, ...want }));
}

test('errorFacts: takes any text without a throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void errorFacts(text)));
  assert.deepEqual(errorFacts('['.repeat(100_000)), NONE);
  assert.deepEqual(errorFacts(`${'{"error":'.repeat(10_000)}1${'}'.repeat(10_000)}`), NONE);
});

test('errorFacts: reads back what azureError wrote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (code, message) =>
      assert.deepEqual(errorFacts(JSON.stringify(azureError(code, message))), { code, message, type: null }),
    ),
  );
});

test('isRecord: objects only', () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) assert.equal(isRecord(value), true);
  for (const value of [null, undefined, [], 'a', 1, true, () => {}]) assert.equal(isRecord(value), false);
});
