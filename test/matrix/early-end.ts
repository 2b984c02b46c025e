/**
 * A backend whose streams fail before anything of the answer: after the prompt's filter results, or `response.in_progress`. The
 * simulator fails later, once the model has begun to answer. Source of the shapes: wire §5.3, §5.5.
 */
import { createServer, type ServerResponse } from 'node:http';

/** cut: the connection breaks. The others: the event with which the stream ends. */
export type EarlyEnd = 'cut' | 'server_error' | 'no_capacity' | 'overloaded';

const FILTERED = { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] };
const RESPONSE = { id: 'resp_0123456789abcdef', object: 'response', status: 'in_progress', output: [] };
const BEGINNINGS = {
  chat: event(FILTERED),
  responses: event({ type: 'response.created', sequence_number: 0, response: RESPONSE }),
};
const ERRORS = {
  server_error: { message: 'The server had an error.', type: 'server_error', param: null, code: null },
  overloaded: { message: 'That model is overloaded.', type: 'server_error', param: null, code: null },
  no_capacity: { message: 'High demand.', type: 'too_many_requests', param: null, code: 'no_capacity' },
};

export interface EarlyBackend {
  readonly url: string;
  /** Requests begun. */
  readonly begun: () => number;
  close(): Promise<void>;
}

export async function earlyBackend(end: EarlyEnd): Promise<EarlyBackend> {
  let begun = 0;
  const server = createServer((request, response) => {
    begun++;
    request.resume();
    request.on('end', () => answer(response, request.url?.includes('/responses') === true, end));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    begun: () => begun,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(response: ServerResponse, responses: boolean, end: EarlyEnd): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(responses ? BEGINNINGS.responses : BEGINNINGS.chat, () => {
    if (end === 'cut') response.destroy();
    else if (responses) response.end(event({ type: 'error', sequence_number: 1, error: ERRORS[end] }));
    else response.end(event({ error: ERRORS[end] }));
  });
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
