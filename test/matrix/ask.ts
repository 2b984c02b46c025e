/** One request on a connection of its own, and its answer with every byte: nothing is decoded, followed or tried again. */
import { type IncomingMessage, request } from 'node:http';

export interface Ask {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** ended: as HTTP ends a body. cut: the connection broke within it. */
  readonly end: 'ended' | 'cut';
}

/** No cell of a matrix takes longer: what hangs fails. Milliseconds. */
export const ANSWER_MS_MAX = 10_000;

/** @returns the code of the error where there was no answer at all. */
export function ask(base: string, key: string, { method, path, headers, body }: Ask): Promise<Answer | string> {
  const { promise, resolve } = Promise.withResolvers<Answer | string>();
  const all = { ...headers, 'api-key': key, ...(body === null ? {} : { 'content-length': String(body.length) }) };
  const asked = request(base + path, { method, headers: all, agent: false, timeout: ANSWER_MS_MAX });
  asked.on('response', (incoming) => resolve(answerOf(incoming)));
  asked.on('timeout', () => asked.destroy(Object.assign(new Error('hung'), { code: 'hung' })));
  asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  asked.end(body);
  return promise;
}

async function answerOf(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let end: Answer['end'] = 'ended';
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    end = 'cut';
  }
  const headers = Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values?.join('\n') ?? '']);
  return { status: incoming.statusCode ?? 0, headers: Object.fromEntries(headers), body: Buffer.concat(chunks), end };
}
