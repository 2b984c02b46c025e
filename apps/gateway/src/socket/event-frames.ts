/** Events of a stream as messages of a WebSocket, and back: the same JSON, with `data:` before it or not. Source: wire §1.4, §5.5. */
import { eventEnd, isRecord } from '@spillway/protocol';

const LINE_END = /\r\n|\n|\r/g;
const LAST_TYPES: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
]);
/** Looked for before anything is parsed: an answer is hundreds of events, and one is the last. */
const MAYBE_LAST = /"type"\s*:\s*"(?:response\.(?:completed|incomplete|failed)|error)"/;

/** A message as an event of a stream. */
export function eventOf(text: string): Buffer {
  return Buffer.from(`data: ${text.replaceAll(LINE_END, '\ndata: ')}\n\n`);
}

/** Whether nothing of the answer follows. */
export function isLast(text: string): boolean {
  const type = MAYBE_LAST.test(text) ? parsed(text)?.type : undefined;
  return typeof type === 'string' && LAST_TYPES.has(type);
}

/** The status of an error that answers a whole request; null for anything else. */
export function refusalStatus(text: string): number | null {
  const event = MAYBE_LAST.test(text) ? parsed(text) : null;
  if (event?.type !== 'error' || typeof event.status !== 'number') return null;
  return event.status >= 400 && event.status <= 599 ? event.status : null;
}

/** An error as an event: what a request over HTTP would have been answered with. */
export function errorText(status: number, body: string): string {
  const event = parsed(body);
  if (event?.type === 'error') return body;
  const error = isRecord(event?.error) ? event.error : { code: String(status), message: body };
  return JSON.stringify({ type: 'error', status, error });
}

/** What is said of an answer that broke off. */
const BROKEN_STATUS = 502;

/** Events in bytes that come bit by bit, as texts. */
export class EventFrames {
  #rest: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): readonly string[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const texts: string[] = [];
    let from = 0;
    for (let end = eventEnd(bytes, from); end >= 0; end = eventEnd(bytes, from)) {
      const text = dataOf(bytes.toString('utf8', from, end));
      if (text !== null) texts.push(nested(text));
      from = end;
    }
    this.#rest = bytes.subarray(from);
    return texts;
  }
}

function dataOf(event: string): string | null {
  const lines = event.split(LINE_END).filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return null;
  return lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
}

/** Streams tell an error flat, WebSockets below `error` (wire §3.1). */
function nested(text: string): string {
  const event = text.startsWith('{"type":"error"') ? parsed(text) : null;
  if (event === null || isRecord(event.error)) return text;
  const { type, sequence_number, code, message, param } = event;
  const error = { type: 'server_error', code, message, param: param ?? null };
  return JSON.stringify({ type, status: BROKEN_STATUS, sequence_number, error });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
