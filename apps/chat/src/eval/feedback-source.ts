/** Conversations with what readers thought of their answers: of a running app, as far as a key may read them, or from exported files. */
import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '@spillway/clock';
import { z } from 'zod';
import { EvaluationError } from './evaluate.ts';
import { type Conversation, conversationSchema } from './feedback.ts';

/** The newest ones; as many as the API lists. */
const CONVERSATIONS_MAX = 200;
/** One conversation, as an answer or a file. Bytes. */
export const CONVERSATION_BYTES_MAX = 16 * 1024 * 1024;
/** One call. Milliseconds. */
export const CALL_MS_MAX = 30_000;

const listSchema = z.object({ conversations: z.array(z.object({ id: z.string() })) });

export interface FeedbackFrom {
  /** Address of a chat app, or path of a conversation exported as JSON. */
  readonly from: string;
  /** Whose conversations are read: an app shows each user their own alone. */
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** @throws EvaluationError */
export async function conversationsOf(feedback: FeedbackFrom): Promise<readonly Conversation[]> {
  const { from } = feedback;
  if (!/^https?:\/\//i.test(from)) return [read(from, textIn(from), conversationSchema)];
  const list = await get(feedback, `api/conversations?limit=${CONVERSATIONS_MAX}`, listSchema);
  const found: Conversation[] = [];
  for (const { id } of list.conversations) {
    found.push(await get(feedback, `api/conversations/${encodeURIComponent(id)}`, conversationSchema));
  }
  return found;
}

function textIn(file: string): string {
  try {
    if (statSync(file).size > CONVERSATION_BYTES_MAX) throw new Error(`above ${CONVERSATION_BYTES_MAX} bytes`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new EvaluationError(`${file}: ${messageOf(error)}; give a conversation that was exported as JSON`);
  }
}

async function get<T>({ from, headers, clock }: FeedbackFrom, path: string, schema: z.ZodType<T>): Promise<T> {
  const url = new URL(path, from.endsWith('/') ? from : `${from}/`);
  const abort = new AbortController();
  const timer = clock.after(CALL_MS_MAX, () => abort.abort(new Error(`no answer within ${CALL_MS_MAX / 1000} s`)));
  try {
    const response = await fetch(url, { headers, signal: abort.signal, redirect: 'error' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return read(url.pathname, await textOf(response), schema);
  } catch (error) {
    if (error instanceof EvaluationError) throw error;
    throw new EvaluationError(`${from}: ${messageOf(error)}; check the address, and the key in SPILLWAY_CHAT_KEY`);
  } finally {
    timer.cancel();
  }
}

async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > CONVERSATION_BYTES_MAX) throw new Error(`a conversation above ${CONVERSATION_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function read<T>(from: string, json: string, schema: z.ZodType<T>): T {
  try {
    const parsed = schema.safeParse(JSON.parse(json));
    if (parsed.success) return parsed.data;
  } catch {
    // Told below, like JSON of another kind.
  }
  throw new EvaluationError(
    `${from}: is no conversation of this version; export it as JSON, or give the app's address`,
  );
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
