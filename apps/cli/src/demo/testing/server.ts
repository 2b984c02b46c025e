/** For tests: a server on this machine that behaves as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly url: string;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  /** Requests that came, in their order. */
  readonly asked: readonly Asked[];
  close(): void;
}

export type Behave = (asked: Asked, response: ServerResponse) => void;

export async function testServer(behave: Behave): Promise<TestServer> {
  const asked: Asked[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const one = { url: request.url ?? '', body: await text(request) };
    asked.push(one);
    behave(one, response);
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}
