/** Simulated users of the chat app: all at once, each asking one question after the other. */
import type { Clock } from '@spillway/clock';
import type { ChatSight } from './chat-tally.ts';
import { askQuestion } from './question.ts';

export interface Crowd {
  /** Of the chat app. */
  readonly url: string;
  /** A user each; questions go out in their order. */
  readonly conversations: ReadonlyArray<readonly string[]>;
  readonly clock: Clock;
  readonly see: (sight: ChatSight) => void;
  /** Ends it: what is under way is given up, and nothing more is asked. */
  readonly signal: AbortSignal;
}

/** Between one user's first question and the next one's. Milliseconds. */
const ARRIVAL_MS = 150;

/** Resolves when every user is done. */
export async function playCrowd(crowd: Crowd): Promise<void> {
  await Promise.all(crowd.conversations.map((texts, i) => user(crowd, texts, i * ARRIVAL_MS)));
}

async function user({ url, clock, see, signal }: Crowd, texts: readonly string[], atMs: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(atMs, resolve));
  let conversationId: string | null = null;
  for (const text of texts) {
    if (signal.aborted) return;
    see({ kind: 'asked' });
    const reply = await askQuestion({ url, text, conversationId, signal });
    conversationId = reply.conversationId;
    if (reply.sight !== null) see(reply.sight);
  }
}
