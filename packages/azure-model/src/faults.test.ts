import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS_MAX, type FaultSpec, Faults, readFault } from './faults.ts';

function spec(fields: Record<string, unknown>): FaultSpec {
  const read = readFault(
    fields,
    new Map([
      ['openai1', ['chat', 'embedding']],
      ['openai2', ['chat']],
    ]),
  );
  if (read.kind === 'errors') throw new Error(read.errors.join('; '));
  return read.spec;
}

const HALF = (): number => 0.5;

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

test('Faults: from second 30 for 60 s, a fifth of the requests to one deployment get 429', () => {
  const faults = new Faults();
  const fields = { kind: 'status', status: 429, resource: 'openai2', deployment: 'chat' };
  const addedMs = 1_772_323_198_987.25;
  const { id } = faults.add(spec({ ...fields, startMs: 30_000, lengthMs: 60_000, share: 0.2 }), addedMs) ?? { id: '' };
  let drawn = 0;
  const hitsAt = (seconds: number): number => {
    let hits = 0;
    for (let i = 0; i < 10; i++) {
      const unit = (): number => (drawn++ % 10) / 10;
      if (faults.take('openai2', 'chat', unit, addedMs + seconds * 1000) !== null) hits++;
    }
    return hits;
  };
  assert.deepEqual([0, 29.999, 30, 60, 89.999, 90, 1000].map(hitsAt), [0, 0, 2, 2, 2, 0, 0]);
  assert.equal(drawn, 30);
  assert.equal(
    faults.take('openai1', 'chat', () => 0, addedMs + 40_000),
    null,
  );
  assert.deepEqual(faults.get(id), { id, spec: faults.list()[0]?.spec, addedMs, hits: 6 });
});

test('Faults: one that is over makes room as a spent one does', () => {
  const faults = new Faults();
  const { id } = faults.add(spec({ kind: 'reset', lengthMs: 1000 }), 0) ?? { id: '' };
  for (let i = 1; i < FAULTS_MAX; i++) faults.add(spec({ kind: 'hang' }), 0);
  assert.equal(faults.add(spec({ kind: 'hang' }), 999), null);
  assert.ok(faults.add(spec({ kind: 'hang' }), 1000));
  assert.equal(faults.get(id), null);
});

test('Faults: one that has not begun hides no other', () => {
  const faults = new Faults();
  faults.add(spec({ kind: 'outage', startMs: 1000 }), 0);
  faults.add(spec({ kind: 'hang', times: null }), 0);
  assert.deepEqual(
    [0, 999, 1000].map((nowMs) => faults.take('openai1', 'chat', HALF, nowMs)?.kind),
    ['hang', 'hang', 'outage'],
  );
});
