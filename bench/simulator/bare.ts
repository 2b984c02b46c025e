/**
 * The yardstick: a bare node:http server that reads the request, and sends the bytes that the simulator sent for it: an answer at once,
 * a stream by one write for each event, in the same even pace. It knows nothing of what it sends.
 *
 * PORT, PROMPT_PORT: where it listens on loopback. TOKEN_MS: from event to event. SAMPLE: file with what to send.
 */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { Sample } from './sample.ts';

const { answer, stream }: Sample = JSON.parse(readFileSync(process.env.SAMPLE ?? '', 'utf8'));
const tokenMs = Number(process.env.TOKEN_MS);

function play(response: ServerResponse): void {
  let next = 0;
  response.writeHead(200, [...stream.headers]);
  const timer = setInterval(() => {
    const event = stream.events[next++] ?? '';
    if (next < stream.events.length) response.write(event);
    else {
      clearInterval(timer);
      response.end(event);
    }
  }, tokenMs);
  response.on('close', () => clearInterval(timer));
}

const server = () =>
  createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (Buffer.concat(parts).includes('"stream":true')) play(response);
      else response.writeHead(200, [...answer.headers]).end(answer.text);
    });
  });

server().listen(Number(process.env.PORT), '127.0.0.1');
server().listen(Number(process.env.PROMPT_PORT), '127.0.0.1');
