/** One recorded request with its answer: a line of the recording. It holds no secret. */
import { isUtf8 } from 'node:buffer';
import { withoutCredentials } from '@spillway/protocol';
import { z } from 'zod';
import { headerIn, headersKept } from './headers.ts';
import type { KeyedRequest } from './key.ts';
import { Tape, type TapeChunk } from './tape.ts';

/** Of the lines; one of another version is refused. */
const VERSION = 1;
/** Longest body of a request that is kept for people to read; the key knows all of it. Characters. */
const REQUEST_BODY_CHARS_MAX = 1024;

const chunkSchema = z.union([
  z.strictObject({ ms: z.number().min(0), text: z.string() }),
  z.strictObject({ ms: z.number().min(0), base64: z.base64() }),
]);

const interactionSchema = z.strictObject({
  version: z.literal(VERSION),
  key: z.string().min(1),
  /** When the request was sent. Milliseconds since 1970. */
  recordedMs: z.number(),
  resource: z.string(),
  request: z.strictObject({
    method: z.string(),
    path: z.string(),
    /** Without credentials. */
    query: z.string(),
    /** null: too long, or no JSON. */
    body: z.string().nullable(),
  }),
  response: z.strictObject({
    status: z.int().min(200).max(599),
    statusText: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    /** From the request to the head, and to each piece of the body. Milliseconds. */
    headMs: z.number().min(0),
    chunks: z.array(chunkSchema),
  }),
});

export type Interaction = z.infer<typeof interactionSchema>;
type RecordedChunk = z.infer<typeof chunkSchema>;

export interface Recorded {
  readonly key: string;
  readonly recordedMs: number;
  readonly resource: string;
  readonly request: KeyedRequest;
}

/** @param tape of a whole answer that is kept; null is returned for another. */
export function interactionOf({ key, recordedMs, resource, request }: Recorded, tape: Tape): Interaction | null {
  const { head, chunks } = tape;
  if (head === null || chunks === null || tape.end?.kind !== 'whole') return null;
  const { method, path, query } = request;
  const headers = headersKept(head.headers);
  return {
    version: VERSION,
    key,
    recordedMs: Math.round(recordedMs),
    resource,
    request: { method, path, query: withoutCredentials(query), body: readableBody(request) },
    response: {
      status: head.status,
      statusText: head.statusText,
      headers: pairsOf(headers),
      headMs: tenths(head.atMs),
      chunks: (isStream(headers) ? chunks : joined(chunks)).map(recordedChunk),
    },
  };
}

/** As an answer that has come already. */
export function tapeOf({ response }: Interaction): Tape {
  const { status, statusText, headers, headMs, chunks } = response;
  const flat = headers.flat();
  const played = chunks.map((chunk) => ({ atMs: chunk.ms, bytes: bytesOf(chunk) }));
  if (!isStream(flat)) flat.push('content-length', String(played.reduce((sum, { bytes }) => sum + bytes.length, 0)));
  return Tape.of({ status, statusText, headers: flat, atMs: headMs }, played);
}

/** @throws Error that says what of the line is not as it should be. */
export function readInteraction(line: string): Interaction {
  const read = interactionSchema.safeParse(JSON.parse(line));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'is no interaction'}`);
}

function readableBody({ body, header }: KeyedRequest): string | null {
  const text = body.length <= 4 * REQUEST_BODY_CHARS_MAX && isUtf8(body) ? body.toString('utf8') : null;
  const json = header('content-type')?.toLowerCase().includes('json') ?? false;
  return json && text !== null && text.length <= REQUEST_BODY_CHARS_MAX ? text : null;
}

function isStream(headers: readonly string[]): boolean {
  return (headerIn(headers, 'content-type') ?? '').toLowerCase().startsWith('text/event-stream');
}

/** What is no stream is of one piece, which is there when the last of it is. */
function joined(chunks: readonly TapeChunk[]): readonly TapeChunk[] {
  const last = chunks.at(-1);
  return last === undefined ? [] : [{ atMs: last.atMs, bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)) }];
}

/** A piece may end within a letter, or be no text at all. */
function recordedChunk({ atMs, bytes }: TapeChunk): RecordedChunk {
  const ms = tenths(atMs);
  return isUtf8(bytes) ? { ms, text: bytes.toString('utf8') } : { ms, base64: bytes.toString('base64') };
}

function bytesOf(chunk: RecordedChunk): Buffer {
  return 'text' in chunk ? Buffer.from(chunk.text) : Buffer.from(chunk.base64, 'base64');
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : []));
}

function tenths(ms: number): number {
  return Math.max(0, Math.round(ms * 10) / 10);
}
