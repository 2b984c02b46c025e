import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADVICE_MAX, adviceFor, FAILURES_MAX, Failures } from './advice.ts';
import type { CallClass } from './drive/call.ts';
import type { Target } from './spec.ts';
import { targetOf } from './testing/spec.ts';

const TARGET = targetOf('http://127.0.0.1:9001', {
  name: '127.0.0.1:9001',
  credential: { kind: 'key', header: 'api-key', variable: 'MY_KEY' },
});

const ROWS: ReadonlyArray<
  readonly [of: CallClass, status: number, code: string | null, want: RegExp, target?: Partial<Target>]
> = [
  ['refused', 401, '401', /^the key in MY_KEY is not one that is let in/],
  ['refused', 401, null, /^no key was sent; leave --no-key out/, { credential: { kind: 'none' } }],
  ['refused', 403, null, /^who is signed in may not use it/, { credential: { kind: 'entra' } }],
  ['refused', 404, 'DeploymentNotFound', /^there is no deployment chat; .*deployments list.*--deployment/],
  ['refused', 404, '404', /--dialect v1 or classic.*--api-version 2024-10-21/],
  ['refused', 404, '404', /other one$/, { dialect: 'v1' }],
  [
    'refused',
    404,
    '404',
    /from --api-version 2025-03-01-preview on; leave --api-version 2024-10-21 out/,
    { api: 'responses' },
  ],
  ['refused', 400, 'unsupported_parameter', /--max-completion-tokens/],
  ['refused', 400, 'OperationNotSupported', /check --api, --deployment/],
  ['refused', 413, null, /the same request by hand/],
  ['throttled', 429, '429', /--arrivals sweep.*--retry retry-after/],
  ['serverError', 503, null, /its own log/],
  ['timeout', 0, null, /--timeout/],
  ['filtered', 200, null, /content filter/],
  ['broken', 200, null, /before its end/],
  ['reset', 0, 'ECONNREFUSED', /^nobody listens at http:\/\/127\.0\.0\.1:9001; start it/],
  ['reset', 0, 'ENOTFOUND', /^no machine of that name/],
  ['reset', 0, 'ERR_SSL_WRONG_VERSION_NUMBER', /speaks no https; try http:/],
  ['reset', 0, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS/],
  ['reset', 0, 'DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS/],
  ['reset', 0, 'ECONNRESET', /the connection was cut/],
];

test('adviceFor: each way of failing has its way out', () => {
  for (const [of, status, errorCode, want, target] of ROWS) {
    assert.match(
      adviceFor({ target: 0, class: of, status, errorCode }, { ...TARGET, ...target }),
      want,
      `${of} ${status}`,
    );
  }
});

test('Failures: counts what failed alike, the most frequent first, and leaves answers out', () => {
  const failures = new Failures([TARGET, { ...TARGET, name: 'other' }]);
  const refused = { class: 'refused', status: 401, errorCode: '401' } as const;
  for (const target of [0, 1, 1]) failures.add({ target, ...refused });
  for (const kind of ['ok', 'length', 'cancelled'] as const)
    failures.add({ target: 0, class: kind, status: 200, errorCode: null });
  failures.add({ target: 7, ...refused });
  assert.deepEqual(
    failures.lines().map((line) => line.slice(0, 32)),
    ['2 calls to other: 401: the key i', '1 call to 127.0.0.1:9001: 401: t'],
  );
});

test('Failures: tells a few ways, and remembers so many at most', () => {
  const failures = new Failures([TARGET]);
  for (let i = 0; i < 2 * FAILURES_MAX; i++) failures.add({ target: 0, class: 'reset', status: 0, errorCode: `E${i}` });
  failures.add({ target: 0, class: 'reset', status: 0, errorCode: 'E1' });
  const lines = failures.lines();
  assert.equal(lines.length, ADVICE_MAX);
  assert.match(lines[0] ?? '', /^2 calls to 127\.0\.0\.1:9001: E1: /);
  for (let i = 0; i < 3; i++) failures.add({ target: 0, class: 'reset', status: 0, errorCode: `E${FAILURES_MAX}` });
  assert.ok(!failures.lines().some((line) => line.includes(`E${FAILURES_MAX}`)), 'beyond the bound');
});
