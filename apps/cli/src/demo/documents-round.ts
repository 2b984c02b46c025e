/** The chat app's part of the demo: its users ask while all resources but the last are throttled. */
import type { Clock } from '@spillway/clock';
import type { Board } from './board.ts';
import { playCrowd } from './crowd.ts';
import { CONVERSATIONS } from './crowd-questions.ts';
import type { Stage } from './stage.ts';

/** For indexing what is not yet indexed, and for all questions. Then it ends without the rest. Milliseconds. */
export const DOCUMENTS_MS_MAX = 11_000;

export interface DocumentsParts {
  readonly stage: Pick<Stage, 'chat' | 'throttle'>;
  readonly board: Board;
  readonly clock: Clock;
  /** Resolves when the visitor wants to end. */
  readonly asked: Promise<void>;
}

export async function playDocuments(parts: DocumentsParts): Promise<'played' | 'stopped'> {
  const { clock, asked, board } = parts;
  board.enter('documents', clock.nowMs());
  const stop = new AbortController();
  const timeUp = new Promise<void>((resolve) => clock.after(DOCUMENTS_MS_MAX, resolve));
  const end = await Promise.race([
    Promise.race([play(parts, stop.signal), timeUp]).then(() => 'played' as const),
    asked.then(() => 'stopped' as const),
  ]);
  stop.abort();
  return end;
}

async function play({ stage, board, clock }: DocumentsParts, signal: AbortSignal): Promise<void> {
  board.indexed(await stage.chat.indexed);
  await stage.throttle();
  const see = board.seeChat.bind(board);
  await playCrowd({ url: stage.chat.url, conversations: CONVERSATIONS, clock, see, signal });
}
