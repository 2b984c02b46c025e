import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readFault } from './fault-read.ts';
import { FAULT_KINDS, type FaultSpec, GARBAGE_VARIANTS, STREAM_ERRORS } from './fault-spec.ts';

const DEPLOYMENTS = new Map([
  ['openai1', ['chat', 'embedding']],
  ['openai2', ['chat']],
]);

function spec(fields: Record<string, unknown>): FaultSpec {
  const read = readFault(fields, DEPLOYMENTS);
  if (read.kind === 'errors') throw new Error(read.errors.join('; '));
  return read.spec;
}

test('readFault: fills in what is not said', () => {
  assert.deepEqual(spec({ kind: 'status' }), {
    resource: null,
    deployment: null,
    kind: 'status',
    startMs: 0,
    lengthMs: null,
    times: 1,
    share: 1,
    delayMs: 0,
    status: 500,
    headers: {},
    body: null,
    afterEvents: 1,
    afterBytes: null,
    factor: 10,
    error: 'server_error',
    variant: 'truncated-json',
    retryAfterSeconds: 20,
  });
});

test('readFault: takes a body as text or as JSON, and headers in any case', () => {
  assert.equal(spec({ kind: 'status', body: 'no JSON' }).body, 'no JSON');
  assert.equal(spec({ kind: 'status', body: { error: 1 } }).body, '{"error":1}');
  assert.deepEqual(spec({ kind: 'status', headers: { 'Retry-After': 7 } }).headers, { 'retry-after': '7' });
});

const WRONG: ReadonlyArray<readonly [name: string, value: unknown, errors: readonly RegExp[]]> = [
  ['what is no object', ['status'], [/^body: expected a JSON object/]],
  ['an unknown kind', { kind: 'explode' }, [/^kind: "explode" is not one of status, delay/]],
  ['no kind', {}, [/^kind: nothing is not one of/]],
  ['an unknown key', { kind: 'hang', time: 3 }, [/^time: unknown; known are resource/]],
  [
    'an unknown resource',
    { kind: 'hang', resource: 'openai9' },
    [/^resource: "openai9" is no resource; there are openai1, openai2$/],
  ],
  [
    'a deployment of another resource',
    { kind: 'hang', resource: 'openai2', deployment: 'embedding' },
    [/^deployment: "embedding" is no deployment; there are chat$/],
  ],
  [
    'an unknown deployment',
    { kind: 'hang', deployment: 'x' },
    [/^deployment: "x" is no deployment; there are chat, embedding$/],
  ],
  ['a status out of range', { kind: 'status', status: 99 }, [/^status: 99 is not a whole number from 200 to 599$/]],
  ['a delay without a duration', { kind: 'delay' }, [/^delayMs: nothing is no delay/]],
  ['a negative delay', { kind: 'hang', delayMs: -1 }, [/^delayMs: -1 is not/]],
  ['no times at all', { kind: 'hang', times: 0 }, [/^times: 0 is not a whole number from 1/]],
  ['a share of nothing', { kind: 'hang', share: 0 }, [/^share: 0 is not above 0/]],
  ['a header of two lines', { kind: 'status', headers: { 'x-a': 'b\r\nc: d' } }, [/^headers: .* has "x-a"/]],
  ['a header with a wrong name', { kind: 'status', headers: { 'x a': 'b' } }, [/^headers: .* has "x a"/]],
  ['headers that are a list', { kind: 'status', headers: [] }, [/^headers: \[\] is not an object/]],
  [
    'too many headers',
    { kind: 'status', headers: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`x-${i}`, 'a'])) },
    [/at most 50 headers/],
  ],
  [
    'a body too long',
    { kind: 'status', body: 'x'.repeat(1_000_001) },
    [/^body: "x+….*is longer than 1000000 characters/],
  ],
  [
    'a start before the beginning',
    { kind: 'hang', startMs: -1 },
    [/^startMs: -1 is not a whole number from 0 to 86400000$/],
  ],
  ['a length of nothing', { kind: 'hang', lengthMs: 0 }, [/^lengthMs: 0 is not a whole number from 1/]],
  ['a factor that slows nothing', { kind: 'slow', factor: 1 }, [/^factor: 1 is not above 1 and at most 1000$/]],
  [
    'an unknown error',
    { kind: 'in-stream-error', error: 'x' },
    [/^error: "x" is not one of server_error, no_capacity, /],
  ],
  ['an unknown variant', { kind: 'garbage', variant: 'x' }, [/^variant: "x" is not one of truncated-json, not-json, /]],
  [
    'a wait of a part of a second',
    { kind: 'capacity', retryAfterSeconds: 0.5 },
    [/^retryAfterSeconds: 0.5 is not a whole/],
  ],
  [
    'what says nothing to the kind',
    { kind: 'hang', status: 429, afterEvents: 3 },
    [
      /^status: 429 says nothing to the kind hang, only to status, garbage; leave it out$/,
      /^afterEvents: 3 says nothing to the kind hang/,
    ],
  ],
  [
    'an outage of a part',
    { kind: 'outage', deployment: 'chat', times: 1, share: 0.5 },
    [/^deployment: "chat" says nothing to the kind outage/, /^times: 1 says/, /^share: 0.5 says/],
  ],
  ['several things at once', { kind: 'x', share: 2, status: 'a' }, [/^kind/, /^status/, /^share/]],
];

for (const [name, value, errors] of WRONG) {
  test(`readFault: refuses ${name}`, () => {
    const read = readFault(value, DEPLOYMENTS);
    assert.equal(read.kind, 'errors');
    const found = read.kind === 'errors' ? read.errors : [];
    assert.equal(found.length, errors.length, found.join('\n'));
    for (const [i, error] of errors.entries()) assert.match(found[i] ?? '', error);
  });
}

test('readFault: what has a length hits all that time, unless it is told how often', () => {
  assert.equal(spec({ kind: 'status', lengthMs: 1000 }).times, null);
  assert.equal(spec({ kind: 'status', lengthMs: 1000, times: 3 }).times, 3);
  assert.equal(spec({ kind: 'status', times: null }).times, null);
  assert.equal(spec({ kind: 'outage' }).times, null);
});

test('readFault: garbage has status 200 unless it is told', () => {
  assert.equal(spec({ kind: 'garbage', variant: 'html' }).status, 200);
  assert.equal(spec({ kind: 'garbage', variant: 'html', status: 502 }).status, 502);
});

test('readFault: a fault can be sent again as it was shown, seed 20260228', () => {
  const own: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
    status: fc.record({ status: fc.integer({ min: 200, max: 599 }), body: fc.option(fc.string()) }),
    delay: fc.record({ delayMs: fc.integer({ min: 1, max: 3_600_000 }) }),
    cut: fc.record({ afterEvents: fc.nat(), afterBytes: fc.option(fc.nat()) }),
    slow: fc.record({ factor: fc.double({ min: 1.5, max: 1000, noNaN: true }) }),
    'in-stream-error': fc.record({ error: fc.constantFrom(...STREAM_ERRORS), afterEvents: fc.nat() }),
    garbage: fc.record({ variant: fc.constantFrom(...GARBAGE_VARIANTS), afterEvents: fc.nat() }),
    capacity: fc.record({ retryAfterSeconds: fc.integer({ min: 1, max: 86_400 }) }),
  };
  const fields = fc
    .constantFrom(...FAULT_KINDS)
    .chain((kind) =>
      fc.tuple(
        fc.constant({ kind }),
        fc.record(
          { startMs: fc.nat(1000), lengthMs: fc.integer({ min: 1, max: 1000 }), resource: fc.constant('openai2') },
          { requiredKeys: [] },
        ),
        own[kind] ?? fc.constant({}),
      ),
    );
  fc.assert(
    fc.property(fields, ([kind, common, particular]) => {
      const shown = spec({ ...common, ...particular, ...kind });
      assert.deepEqual(spec({ ...shown }), shown);
    }),
    { seed: 20260228, numRuns: 300 },
  );
});

test('readFault: headers that say where an answer ends are refused, in any case', () => {
  for (const name of ['content-length', 'Transfer-Encoding', 'trailer']) {
    const read = readFault({ kind: 'status', headers: { [name]: '5' } }, new Map());
    assert.match(read.kind === 'errors' ? read.errors.join() : '', /says where the answer ends/, name);
  }
});
