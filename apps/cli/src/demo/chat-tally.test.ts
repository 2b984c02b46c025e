import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatSight, chatTally, NOTHING_ASKED } from './chat-tally.ts';

function after(...sights: readonly ChatSight[]) {
  return sights.reduce((tally, sight) => chatTally(tally, sight, 'openai1/answers'), NOTHING_ASKED);
}

const ANSWERED = { kind: 'answered', servedBy: 'openai1/answers', isCited: true, waited: false } as const;

test('chatTally: counts what each sight is', () => {
  const rows: ReadonlyArray<readonly [string, ChatSight, Partial<typeof NOTHING_ASKED>]> = [
    ['asked', { kind: 'asked' }, { asked: 1 }],
    ['by the first one', ANSWERED, { answered: 1, cited: 1 }],
    ['by another', { ...ANSWERED, servedBy: 'openai3/answers' }, { answered: 1, cited: 1, moved: 1 }],
    ['nobody says by whom', { ...ANSWERED, servedBy: null }, { answered: 1, cited: 1 }],
    ['without a source', { ...ANSWERED, isCited: false }, { answered: 1 }],
    ['after a wait', { ...ANSWERED, waited: true }, { answered: 1, cited: 1, waited: 1 }],
    ['failed', { kind: 'failed', why: 'no' }, { errors: 1, reasons: ['no'] }],
  ];
  for (const [name, sight, want] of rows) assert.deepEqual(after(sight), { ...NOTHING_ASKED, ...want }, name);
});

test('chatTally: keeps each reason once, and few of them', () => {
  const failed = ['a', 'a', 'b', 'c', 'd'].map((why) => ({ kind: 'failed', why }) as const);
  const { errors, reasons } = after(...failed);
  assert.deepEqual([errors, reasons], [5, ['a', 'b', 'c']]);
});
