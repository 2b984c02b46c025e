/** A server that answers as a test tells it to, in place of a gateway. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Fake {
  readonly url: string;
  readonly asked: Asked[];
}

export async function fakeGateway(t: TestContext, respond: (asked: Asked, out: ServerResponse) => void): Promise<Fake> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const one = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text || '{}') };
    asked.push(one);
    respond(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
}

export function json(
  out: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  out.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Chunks of a chat completion with these texts. @param finish null: the stream ends without. */
export function sse(texts: readonly string[], finish: string | null = 'stop'): string {
  const line = (delta: unknown, end: string | null) => {
    return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: end }] })}\n\n`;
  };
  // As Azure begins and ends one: without choices first, with usage last.
  const first = 'data: {"choices":[],"prompt_filter_results":[]}\n\n';
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}\n\n';
  const end = finish === null ? '' : `${line({}, finish)}${usage}data: [DONE]\n\n`;
  return `${first}${texts.map((content) => line({ content }, null)).join('')}${end}`;
}

export function stream(out: ServerResponse, text: string, headers: Readonly<Record<string, string>> = {}): void {
  out.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).end(text);
}
