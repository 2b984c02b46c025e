import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goesDown, goesUp, isHopByHop } from './headers.ts';

type Verdict = 'passes' | 'ends here';
/** hidden: passes, unless `hideUpstreamHeaders` is set. */
type DownVerdict = Verdict | 'hidden';

/** What RFC 9110 §7.6.1 lists, and what only one connection can mean. */
const HOP_BY_HOP = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const UP: ReadonlyArray<readonly [name: string, want: Verdict]> = [
  ...HOP_BY_HOP.map((name) => [name, 'ends here'] as const),
  ['api-key', 'ends here'],
  ['authorization', 'ends here'],
  ['cookie', 'ends here'],
  ['ocp-apim-subscription-key', 'ends here'],
  ['host', 'ends here'],
  ['content-length', 'ends here'],
  ['expect', 'ends here'],
  ['forwarded', 'ends here'],
  ['x-real-ip', 'ends here'],
  ['x-forwarded-for', 'ends here'],
  ['x-forwarded-proto', 'ends here'],
  ['x-stainless-lang', 'ends here'],
  ['x-stainless-retry-count', 'ends here'],
  ['x-spillway-explain', 'ends here'],
  ['x-spillway-anything', 'ends here'],
  ['content-type', 'passes'],
  ['content-encoding', 'passes'],
  ['accept', 'passes'],
  ['accept-encoding', 'passes'],
  ['user-agent', 'passes'],
  ['openai-organization', 'passes'],
  ['openai-project', 'passes'],
  ['x-ms-client-request-id', 'passes'],
  ['aoai-evals', 'passes'],
  ['traceparent', 'passes'],
  ['x-forwarded', 'passes'],
  ['x-my-api-key', 'passes'],
  ['constructor', 'passes'],
];

for (const [name, want] of UP) {
  test(`goesUp: ${name} ${want}`, () => assert.equal(goesUp(name), want === 'passes'));
}

/** The headers of wire reference §4.1, and some others. */
const DOWN: ReadonlyArray<readonly [name: string, want: DownVerdict]> = [
  ...HOP_BY_HOP.map((name) => [name, 'ends here'] as const),
  ['x-spillway-deployment', 'ends here'],
  ['apim-request-id', 'passes'],
  ['x-request-id', 'passes'],
  ['x-ms-client-request-id', 'passes'],
  ['x-ms-region', 'hidden'],
  ['x-ms-deployment-name', 'hidden'],
  ['x-ms-served-model', 'hidden'],
  ['x-ms-is-spilled-over', 'hidden'],
  ['x-ms-spillover-from-deployment', 'hidden'],
  ['x-ms-spillover-error', 'hidden'],
  ['azure-openai-deployment-utilization', 'hidden'],
  ['retry-after', 'passes'],
  ['retry-after-ms', 'passes'],
  ['x-ratelimit-limit-requests', 'hidden'],
  ['x-ratelimit-remaining-tokens', 'hidden'],
  ['x-ratelimit-reset-tokens', 'hidden'],
  ['x-ratelimit-renewalperiod-requests', 'hidden'],
  ['x-ratelimit-key', 'hidden'],
  ['x-ratelimit-abusepenalty-active', 'hidden'],
  ['azureml-model-session', 'hidden'],
  ['azureml-served-by-cluster', 'hidden'],
  ['x-aml-cluster', 'hidden'],
  ['x-openai-backendurl', 'hidden'],
  ['x-ms-rai-invoked', 'passes'],
  ['x-envoy-upstream-service-time', 'passes'],
  ['x-accel-buffering', 'passes'],
  ['azureai-fe-is-streaming', 'passes'],
  ['openai-processing-ms', 'passes'],
  ['strict-transport-security', 'passes'],
  ['cache-control', 'passes'],
  ['content-type', 'passes'],
  ['content-length', 'passes'],
  ['content-encoding', 'passes'],
  ['policy-id', 'passes'],
  ['x-should-retry', 'passes'],
];

for (const [name, want] of DOWN) {
  test(`goesDown: ${name} ${want}`, () => {
    assert.equal(goesDown(name, false), want !== 'ends here');
    assert.equal(goesDown(name, true), want === 'passes');
  });
}

test('isHopByHop: the hop-by-hop headers and no other of the tables', () => {
  const names = [...UP, ...DOWN].map(([name]) => name);
  assert.deepEqual(new Set(names.filter(isHopByHop)), new Set(HOP_BY_HOP));
});
