import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS_MAX, type FaultSpec, Faults, readFault } from './faults.ts';

const DEPLOYMENTS = new Map([
  ['openai1', ['chat', 'embedding']],
  ['openai2', ['chat']],
]);

function spec(fields: Record<string, unknown>): FaultSpec {
  const read = readFault(fields, DEPLOYMENTS);
  if (read.kind === 'errors') throw new Error(read.errors.join('; '));
  return read.spec;
}

const HALF = (): number => 0.5;

test('readFault: fills in what is not said', () => {
  assert.deepEqual(spec({ kind: 'status' }), {
    resource: null,
    deployment: null,
    kind: 'status',
    status: 500,
    headers: {},
    body: null,
    delayMs: 0,
    afterEvents: 1,
    afterBytes: null,
    times: 1,
    share: 1,
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

test('Faults: a fault hits as often as it says, and is then kept to be looked at', () => {
  const faults = new Faults();
  const id = faults.add(spec({ kind: 'status', times: 2 }))?.id ?? '';
  assert.equal(faults.take('openai1', 'chat', HALF)?.kind, 'status');
  assert.equal(faults.take('openai1', 'chat', HALF)?.kind, 'status');
  assert.equal(faults.take('openai1', 'chat', HALF), null);
  assert.equal(faults.get(id)?.hits, 2);
});

test('Faults: a fault without times hits until it is removed', () => {
  const faults = new Faults();
  const id = faults.add(spec({ kind: 'status', times: null }))?.id ?? '';
  for (let i = 0; i < 10; i++) assert.ok(faults.take('openai1', 'chat', HALF));
  assert.equal(faults.remove(id), true);
  assert.equal(faults.remove(id), false);
  assert.equal(faults.take('openai1', 'chat', HALF), null);
});

test('Faults: hits only what it names', () => {
  const faults = new Faults();
  faults.add(spec({ kind: 'reset', resource: 'openai1', deployment: 'chat' }));
  assert.equal(faults.take('openai2', 'chat', HALF), null);
  assert.equal(faults.take('openai1', 'embedding', HALF), null);
  assert.equal(faults.take('openai1', null, HALF), null);
  assert.equal(faults.take('openai1', 'chat', HALF)?.kind, 'reset');
});

test('Faults: a share is met by chance, and the next fault has its turn where it is not', () => {
  const faults = new Faults();
  faults.add(spec({ kind: 'reset', share: 0.5, times: null }));
  faults.add(spec({ kind: 'hang', times: null }));
  assert.equal(faults.take('openai1', 'chat', () => 0.49)?.kind, 'reset');
  assert.equal(faults.take('openai1', 'chat', () => 0.5)?.kind, 'hang');
});

test('Faults: when full, a spent fault makes room, and where none is spent there is none', () => {
  const faults = new Faults();
  const first = faults.add(spec({ kind: 'reset' }))?.id ?? '';
  for (let i = 1; i < FAULTS_MAX; i++) faults.add(spec({ kind: 'hang' }));
  assert.equal(faults.add(spec({ kind: 'hang' })), null);
  faults.take('openai1', 'chat', HALF);
  assert.ok(faults.add(spec({ kind: 'hang' })));
  assert.equal(faults.get(first), null);
  assert.equal(faults.list().length, FAULTS_MAX);
});
