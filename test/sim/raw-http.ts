/** HTTP as bytes: sends what no client library would, and reads all that comes until the other side closes. */
import { connect } from 'node:net';
import { addAbortSignal } from 'node:stream';

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Without its chunks. */
  readonly body: string;
}

/** closed: the other side closed, or reset, as it may after what is no HTTP. timeout: it did neither. */
export interface Exchange {
  readonly end: 'closed' | 'timeout';
  readonly answers: readonly RawAnswer[];
  /** What followed the last whole answer; '' where all is whole. */
  readonly rest: string;
}

export interface Sending {
  readonly port: number;
  /** Sent one after the other, each in a packet of its own where the network agrees. */
  readonly pieces: readonly Buffer[];
  /** Whether to close our side after the last piece. */
  readonly halfClose: boolean;
  /** Whether to close our side once the first bytes of an answer have come. */
  readonly closesWhenAnswered?: boolean;
  /** Answers have no body, whatever length they tell: the method is HEAD. */
  readonly bodiless: boolean;
  readonly timeoutMs: number;
}

export function exchange({
  port,
  pieces,
  halfClose,
  closesWhenAnswered,
  bodiless,
  timeoutMs,
}: Sending): Promise<Exchange> {
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const parts: Buffer[] = [];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const timeout = AbortSignal.timeout(timeoutMs);
  addAbortSignal(timeout, socket);
  socket.on('data', (part) => parts.push(part));
  if (closesWhenAnswered === true) socket.once('data', () => socket.end());
  socket.on('close', () => {
    const end = timeout.aborted ? 'timeout' : 'closed';
    resolve({ end, ...answersIn(Buffer.concat(parts).toString('latin1'), bodiless) });
  });
  // A reset is an answer to what is no HTTP; `close` follows.
  socket.on('error', () => {});
  for (const piece of pieces) socket.write(piece);
  if (halfClose) socket.end();
  return promise;
}

/** @param text bytes as latin1. */
function answersIn(text: string, bodiless: boolean): Pick<Exchange, 'answers' | 'rest'> {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (let next = answerAt(rest, bodiless); next !== null; next = answerAt(rest, bodiless)) {
    if (next.answer.status >= 200) answers.push(next.answer);
    rest = rest.slice(next.length);
  }
  return { answers, rest };
}

function answerAt(text: string, bodiless: boolean): { readonly answer: RawAnswer; readonly length: number } | null {
  const headEnd = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (headEnd < 0 || Number.isNaN(status)) return null;
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const start = headEnd + 4;
  if (bodiless) return { answer: { status, headers, body: '' }, length: start };
  const body = headers.get('transfer-encoding') === 'chunked' ? chunkedAt(text, start) : lengthAt(text, start, headers);
  return body === null ? null : { answer: { status, headers, body: body.text }, length: body.end };
}

interface Body {
  readonly text: string;
  /** Index after it. */
  readonly end: number;
}

function lengthAt(text: string, start: number, headers: ReadonlyMap<string, string>): Body | null {
  const end = start + Number(headers.get('content-length') ?? 0);
  return end <= text.length ? { text: text.slice(start, end), end } : null;
}

function chunkedAt(text: string, start: number): Body | null {
  const parts: string[] = [];
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(size)) return null;
    at = lineEnd + 2;
    if (size === 0) return text.startsWith('\r\n', at) ? { text: parts.join(''), end: at + 2 } : null;
    parts.push(text.slice(at, at + size));
    at += size + 2;
  }
}
