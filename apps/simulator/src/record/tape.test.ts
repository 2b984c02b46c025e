import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tape, type TapeReader } from './tape.ts';

const LIMITS = { answerBytesMax: 10, answerChunksMax: 4, unreadBytesMax: 6 };
const HEAD = { status: 200, statusText: 'OK', headers: [], atMs: 0 };

class Source {
  readonly told: string[] = [];
  cancel = (): void => void this.told.push('cancel');
  pause = (): void => void this.told.push('pause');
  resume = (): void => void this.told.push('resume');
}

function chunk(text: string) {
  return { atMs: 0, bytes: Buffer.from(text) };
}

function begun(keep: 'keep' | 'pass'): { tape: Tape; source: Source } {
  const tape = new Tape(keep, LIMITS);
  const source = new Source();
  tape.from(source);
  tape.begin(HEAD);
  return { tape, source };
}

function readAll(tape: Tape, reader: TapeReader): string {
  let text = '';
  for (let next = tape.peek(reader); next !== undefined; next = tape.peek(reader)) {
    text += next.bytes;
    tape.advance(reader);
  }
  return text;
}

test('Tape: readers are told of everything, and read each at its own pace', () => {
  const { tape } = begun('keep');
  let told = 0;
  const early = tape.join(() => told++);
  tape.add(chunk('ab'));
  assert.equal(readAll(tape, early), 'ab');
  const late = tape.join(() => told++);
  tape.add(chunk('cd'));
  tape.finish({ kind: 'whole' });
  assert.deepEqual([readAll(tape, early), readAll(tape, late)], ['cd', 'abcd']);
  assert.equal(told, 1 + 2 + 2);
  tape.finish({ kind: 'failed', failure: { kind: 'late', reason: 'too late' } });
  assert.deepEqual(tape.end, { kind: 'whole' }, 'an end that comes after the end says nothing');
});

for (const [name, texts] of [
  ['bytes', ['123456', '78901']],
  ['pieces', ['1', '2', '3', '4', '5']],
] as const) {
  test(`Tape: more ${name} than may be kept pass all the same, and are forgotten`, () => {
    const { tape } = begun('keep');
    const reader = tape.join(() => {});
    for (const text of texts) {
      assert.notEqual(tape.chunks, null);
      tape.add(chunk(text));
    }
    assert.equal(tape.chunks, null);
    assert.equal(readAll(tape, reader), texts.join(''));
  });
}

test('Tape: the upstream waits for a slow reader of what is not kept, and goes on when that one has read', () => {
  const { tape, source } = begun('pass');
  const [quick, slow] = [tape.join(() => {}), tape.join(() => {})];
  tape.add(chunk('1234'));
  tape.add(chunk('5678'));
  assert.equal(readAll(tape, quick), '12345678');
  assert.deepEqual(source.told, ['pause']);
  tape.advance(slow);
  assert.deepEqual(source.told, ['pause', 'resume']);
  tape.add(chunk('90ab'));
  assert.deepEqual(source.told, ['pause', 'resume', 'pause']);
  tape.leave(slow);
  assert.equal(readAll(tape, quick), '90ab');
  assert.deepEqual(source.told, ['pause', 'resume', 'pause', 'resume']);
});

test('Tape: when the last reader leaves before the end, the upstream is told; after the end it is not', () => {
  const { tape, source } = begun('keep');
  const readers = [tape.join(() => {}), tape.join(() => {})] as const;
  tape.leave(readers[0]);
  tape.leave(readers[0]);
  assert.deepEqual(source.told, []);
  tape.leave(readers[1]);
  assert.deepEqual([source.told, tape.deserted], [['cancel'], true]);
  const ended = begun('keep');
  const reader = ended.tape.join(() => {});
  ended.tape.finish({ kind: 'whole' });
  ended.tape.leave(reader);
  assert.deepEqual(ended.source.told, []);
});
