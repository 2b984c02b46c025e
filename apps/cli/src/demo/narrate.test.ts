import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrate } from './narrate.ts';
import type { Scene } from './scene.ts';
import { BEGINNING, counted, DOCUMENTS, row, TWO_SPENT } from './testing/scene.ts';

const throttled = { kind: 'throttled', leftMs: 9_000 } as const;

test('narrate: says what is so, and no more', () => {
  const one = [row('openai1', throttled), row('openai2', { kind: 'serving' }), row('openai3', { kind: 'idle' })];
  const all = ['openai1', 'openai2', 'openai3'].map((name) => row(name, throttled));
  const rows: ReadonlyArray<readonly [string, Scene, RegExp]> = [
    ['nothing spent', BEGINNING, /^So far both ways are answered/],
    [
      'the direct one first',
      { ...BEGINNING, direct: counted({ refused: 1 }) },
      /^Straight to one resource, requests are refused now\. Spillway counts what is left of each, /,
    ],
    [
      'one spent',
      { ...TWO_SPENT, deployments: one },
      /^openai1 has spent this minute's tokens\. Straight, requests are refused; Spillway has moved on to openai2\.$/,
    ],
    [
      'not yet refused',
      { ...TWO_SPENT, direct: counted({}), deployments: one },
      /tokens\. Spillway has moved on to openai2\.$/,
    ],
    ['two spent', TWO_SPENT, /^openai1 and openai2 have spent .* moved on to openai3\.$/],
    [
      'nobody serving just now',
      { ...TWO_SPENT, deployments: [row('openai1', throttled), row('openai2', { kind: 'idle' })] },
      /Spillway turns to the next\.$/,
    ],
    [
      'all spent',
      { ...TWO_SPENT, deployments: all },
      /^openai1, openai2 and openai3 have spent .* Spillway says when to try again\.$/,
    ],
    ['the client was refused all the same', { ...TWO_SPENT, spillway: counted({ refused: 1 }) }, /tokens\.$/],
    ['documents not yet indexed', { ...BEGINNING, phase: 'documents' }, /^The chat app is indexing/],
    [
      'users of the chat app',
      DOCUMENTS,
      /^openai1 and openai2 refuse \(429\)\. 10 users ask .* 27 documents: 18 asked, 14 answered \(14 moved elsewhere\), 0 errors\.$/,
    ],
    ['last answers', { ...TWO_SPENT, phase: 'settling' }, /the last answers are coming in/],
    ['all in', { ...TWO_SPENT, phase: 'settling', spillway: counted({ sent: 90, answered: 90 }) }, /has its answer/],
  ];
  for (const [name, scene, want] of rows) assert.match(narrate(scene), want, name);
});
