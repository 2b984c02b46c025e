/** A session over WebSocket as an answer: what is said one after the other, and everything that is heard. */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ANSWER_MS_MAX, type Answer } from './ask.ts';
import type { Step } from './step.ts';

/** Each message is sent once the one before has been answered; the last answer ends the session. */
export function socketAnswer(
  base: string,
  key: string,
  path: string,
  { says = [], until = /./ }: Pick<Step, 'says' | 'until'>,
): Promise<Answer | string> {
  const { promise, resolve } = Promise.withResolvers<Answer | string>();
  const socket = new WebSocket(base.replace(/^http/, 'ws') + path, {
    headers: { 'api-key': key },
    handshakeTimeout: ANSWER_MS_MAX,
  });
  AbortSignal.timeout(ANSWER_MS_MAX).addEventListener('abort', () => socket.terminate());
  const heard: Buffer[] = [];
  let headers: Answer['headers'] = {};
  let said = 0;
  const sayNext = (): void => {
    const next = says[said++];
    if (next === undefined) socket.close(1000);
    else socket.send(JSON.stringify(next));
  };
  socket.on('upgrade', (response) => {
    headers = headersOf(response);
  });
  socket.on('open', sayNext);
  socket.on('message', (data: Buffer) => {
    heard.push(data, Buffer.from('\n'));
    if (until.test(data.toString())) sayNext();
  });
  socket.on('unexpected-response', (_request, response: IncomingMessage) => {
    resolve(refusalOf(response).finally(() => socket.terminate()));
  });
  socket.on('error', (error) => resolve(error.message));
  socket.on('close', (code) => {
    const body = Buffer.concat([...heard, Buffer.from(`closed with ${code}`)]);
    resolve({ status: 101, headers, body, end: 'ended' });
  });
  return promise;
}

function headersOf(response: IncomingMessage): Answer['headers'] {
  const deployment = response.headers['x-spillway-deployment'];
  return typeof deployment === 'string' ? { 'x-spillway-deployment': deployment } : {};
}

async function refusalOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: headersOf(response),
    body: Buffer.concat(chunks),
    end: 'ended',
  };
}
