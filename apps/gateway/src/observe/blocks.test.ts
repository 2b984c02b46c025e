import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { BLOCK_CHARS, BLOCK_MS_MAX, Blocks } from './blocks.ts';

function blocks(blockChars?: number) {
  const clock = new FakeClock();
  const written: string[] = [];
  const lostLine = (lines: number) => `${lines} lost\n`;
  const sink = { write: (text: string) => written.push(text) };
  const settings = blockChars === undefined ? { lostLine } : { lostLine, blockChars };
  return { clock, written, blocks: new Blocks(sink, clock, settings) };
}

test('Blocks: lines wait for one another, at most so long', () => {
  const { clock, written, blocks: under } = blocks();
  under.write('a\n');
  clock.advance(BLOCK_MS_MAX - 1);
  under.write('b\n');
  assert.deepEqual(written, []);
  clock.advance(1);
  assert.deepEqual(written, ['a\nb\n']);
  assert.equal(clock.pending, 0);
});

test('Blocks: a full block is written at once', () => {
  const { clock, written, blocks: under } = blocks();
  const line = `${'x'.repeat(BLOCK_CHARS / 4 - 1)}\n`;
  for (let i = 0; i < 6; i++) under.write(line);
  assert.deepEqual(written, [line.repeat(4)]);
  under.flush();
  assert.deepEqual(written, [line.repeat(4), line.repeat(2)]);
  clock.advance(BLOCK_MS_MAX);
  assert.equal(written.length, 2);
});

test('Blocks: of size 0, each line at once', () => {
  const { written, blocks: under } = blocks(0);
  under.write('a\n');
  under.write('b\n');
  assert.deepEqual(written, ['a\n', 'b\n']);
});

test('Blocks: what the sink lost is told with the next block', () => {
  const { written, blocks: under } = blocks(0);
  under.dropped('one\ntwo\nthree\n');
  under.write('later\n');
  assert.deepEqual(written, ['3 lost\n', 'later\n']);
});
