/** For tests: moments of the demo. */

import type { ChatRound } from '../chat-figures.ts';
import { NOTHING_ASKED } from '../chat-tally.ts';
import type { DecisionRow } from '../decisions.ts';
import type { DeploymentRow, RowState } from '../deployments.ts';
import type { ChatScene, Scene } from '../scene.ts';
import { NOTHING_SENT, type Tally } from '../tally.ts';

export function row(backend: string, state: RowState, more: Partial<DeploymentRow> = {}): DeploymentRow {
  const name = more.name ?? 'chat';
  return {
    id: `${backend}/${name}`,
    backend,
    name,
    usedTokens: 0,
    quotaTokens: 30_000,
    served: 0,
    throttles: 0,
    state,
    ...more,
  };
}

export function counted(of: Partial<Tally>): Tally {
  return { ...NOTHING_SENT, ...of };
}

export function decided(startedMs: number, backend: string, fate: string, count: number): DecisionRow {
  const url = `http://127.0.0.1:900${backend.at(-1)}`;
  return { startedMs, lastStartedMs: startedMs, backend, url, fate, count, waitMs: fate === '429' ? 46_700 : null };
}

const CHAT_ASKED: ChatScene = {
  ...NOTHING_ASKED,
  asked: 18,
  answered: 14,
  moved: 14,
  users: 10,
  planned: 30,
  documents: 27,
  throttled: ['openai1', 'openai2'],
};

export const CHAT_PASSED: ChatRound = {
  ...CHAT_ASKED,
  asked: 30,
  answered: 30,
  moved: 30,
  cited: 29,
  indexed: { documents: 27, passages: 131, skipped: ['scan.pdf: no page has text'], failure: null },
};

export const BEGINNING: Scene = {
  phase: 'load',
  nowMs: 4_200,
  loadMs: 36_000,
  planned: 90,
  quotaTokens: 30_000,
  direct: counted({ sent: 11, answered: 10 }),
  spillway: counted({ sent: 11, answered: 10 }),
  chat: { ...CHAT_ASKED, ...NOTHING_ASKED, documents: null },
  deployments: [
    row('openai1', { kind: 'serving' }, { usedTokens: 7_841, served: 10 }),
    row('openai2', { kind: 'idle' }),
    row('openai3', { kind: 'idle' }),
  ],
  decisions: [decided(120, 'openai1', '200', 10)],
  notices: [],
};

export const TWO_SPENT: Scene = {
  ...BEGINNING,
  nowMs: 28_900,
  direct: counted({ sent: 71, answered: 34, refused: 37, firstRefusedMs: 13_400 }),
  spillway: counted({ sent: 71, answered: 69 }),
  deployments: [
    row('openai1', { kind: 'throttled', leftMs: 31_200 }, { usedTokens: 29_735, served: 34, throttles: 1 }),
    row('openai2', { kind: 'throttled', leftMs: 45_900 }, { usedTokens: 29_703, served: 34, throttles: 1 }),
    row('openai3', { kind: 'serving' }, { usedTokens: 878, served: 1 }),
  ],
  decisions: [
    decided(120, 'openai1', '200', 34),
    decided(13_400, 'openai1', '429', 1),
    decided(13_402, 'openai2', '200', 34),
    decided(27_100, 'openai2', '429', 1),
    decided(27_102, 'openai3', '200', 2),
  ],
};

export const DOCUMENTS: Scene = {
  ...TWO_SPENT,
  phase: 'documents',
  nowMs: 39_000,
  chat: CHAT_ASKED,
  deployments: [
    row('openai1', { kind: 'throttled', leftMs: 118_000 }, { name: 'answers', throttles: 1 }),
    row('openai2', { kind: 'throttled', leftMs: 118_100 }, { name: 'answers', throttles: 1 }),
    row('openai3', { kind: 'serving' }, { name: 'answers', quotaTokens: 1_000_000, usedTokens: 126_400, served: 14 }),
  ],
  decisions: [
    ...TWO_SPENT.decisions,
    { ...decided(36_900, 'openai1', '429', 2), waitMs: 119_600 },
    { ...decided(36_910, 'openai2', '429', 2), waitMs: 119_600 },
    decided(36_920, 'openai3', '200', 34),
  ],
};

export const OPEN: Scene = {
  ...TWO_SPENT,
  phase: 'open',
  nowMs: 83_000,
  deployments: [
    row('openai1', { kind: 'broken', leftMs: 9_000 }, { usedTokens: 18, served: 35 }),
    row('openai2', { kind: 'serving' }, { usedTokens: 54, served: 37 }),
    row('openai2', { kind: 'paused' }, { name: 'embedding', usedTokens: 4, served: 2 }),
    row('openai3', { kind: 'idle' }, { usedTokens: 19_183, served: 22 }),
  ],
  decisions: [
    ...TWO_SPENT.decisions,
    decided(81_000, 'openai1', 'connectFailed', 1),
    decided(81_001, 'openai2', '200', 1),
  ],
};
