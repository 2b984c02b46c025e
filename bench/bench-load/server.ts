/**
 * A server whose behaviour is known: each answer comes a fixed time after its request, plain or as a stream of words at a fixed pace, and
 * all is counted. PORT, DELAY_MS, CHUNKS, CHUNK_MS. GET /counts tells what was seen since the last time, and begins anew.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const setting = (name: string): number => Number(process.env[name] ?? 0);
const [PORT, DELAY_MS, CHUNKS, CHUNK_MS] = ['PORT', 'DELAY_MS', 'CHUNKS', 'CHUNK_MS'].map(setting);
/** It ends by itself, should nobody end it. */
const LIFETIME_MS = 900_000;

const counts = { calls: 0, chunks: 0 };
const WHOLE = JSON.stringify({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(300) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 60, completion_tokens: 300, total_tokens: 360 },
});
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const WORD = event({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content: ' word' }, finish_reason: null }],
});
const END = `${event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}${event({
  choices: [],
  usage: { prompt_tokens: 60, completion_tokens: CHUNKS, total_tokens: 60 },
})}data: [DONE]\n\n`;

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET') {
    response.end(JSON.stringify(counts));
    counts.calls = 0;
    counts.chunks = 0;
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    counts.calls++;
    const answer = body.includes('"stream":true') ? stream : whole;
    setTimeout(() => answer(response), DELAY_MS);
  });
}

function whole(response: ServerResponse): void {
  const length = Buffer.byteLength(WHOLE);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length }).end(WHOLE);
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const timer = setInterval(() => {
    response.write(WORD);
    counts.chunks++;
    if (++sent < (CHUNKS ?? 0)) return;
    clearInterval(timer);
    response.end(END);
  }, CHUNK_MS);
  response.on('close', () => clearInterval(timer));
}

createServer(onRequest).listen(PORT, '127.0.0.1', 4_096);
setTimeout(() => process.exit(0), LIFETIME_MS);
