/** A token endpoint for tests, on a real socket of this machine. It answers as told, or not at all, and remembers what it was asked. */
import { createServer } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: URLSearchParams;
}

export type Reply = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export interface FakeEndpoint {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Resolves when it has been asked `count` times in all. */
  whenAsked(count: number): Promise<void>;
  close(): Promise<void>;
}

/** `answer` null: the connection is accepted and nothing ever comes. */
export async function fakeEndpoint(answer: (asked: Asked) => Reply | null): Promise<FakeEndpoint> {
  const asked: Asked[] = [];
  const watchers = new Set<() => void>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? '/', 'http://endpoint');
    const { method = '', headers } = request;
    const one = { method, path: url.pathname, query: url.searchParams, headers, form: new URLSearchParams(body) };
    asked.push(one);
    for (const look of watchers) look();
    const reply = answer(one);
    if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('fakeEndpoint: it has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    whenAsked: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (asked.length < count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A good answer of Entra ID. */
export function tokenReply(token: string, lifetimeSeconds: number | string = 3600): Reply {
  const body = { token_type: 'Bearer', expires_in: lifetimeSeconds, access_token: token };
  return { status: 200, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
