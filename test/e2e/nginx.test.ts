/** The gateway behind nginx, as many will run it: streams come as they are made, and nothing of an answer is lost. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AzureOpenAI, RateLimitError } from 'openai';
import { tool } from '../tool.ts';
import { API_VERSION, CLIENT_KEY, textOf, type World, world } from '../world.ts';

const nginx = tool('nginx');
const MESSAGES = [{ role: 'user', content: 'Say something about spillways.' }] as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function settings(port: number, upstream: string, dir: string): string {
  return `daemon off; master_process off; pid ${dir}/nginx.pid; error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host gateway.example;
      proxy_buffering off;
    }
  }
}`;
}

/** Resolves when nginx says that it has begun; the line comes with `error_log … notice`. */
function begun(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('start worker process') || said.includes('using the "epoll"')) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`nginx ended: ${said}`)));
  });
}

async function inFrontOf(w: World, t: TestContext): Promise<AzureOpenAI> {
  const dir = mkdtempSync(join(tmpdir(), 'spillway-nginx-'));
  const port = await freePort();
  writeFileSync(join(dir, 'nginx.conf'), settings(port, w.gateway.url, dir));
  const child = spawn(nginx.path ?? 'nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true });
  });
  await begun(child);
  const endpoint = `http://127.0.0.1:${port}`;
  return new AzureOpenAI({ endpoint, apiKey: CLIENT_KEY, apiVersion: API_VERSION, maxRetries: 0 });
}

test('nginx in front: answers, streams, and the time to come back after a 429', { skip: nginx.skip }, async (t) => {
  const w = await world(t, { latency: { firstTokenMs: 0, perTokenMs: 2 } });
  const client = await inFrontOf(w, t);
  const plain = await client.chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 20 });
  assert.ok((plain.choices[0]?.message.content ?? '').length > 0);
  const stream = await client.chat.completions.create({
    model: 'chat',
    messages: [...MESSAGES],
    max_tokens: 40,
    stream: true,
  });
  assert.ok((await textOf(stream)).length > 0);
  for (const n of [1, 2, 3]) await w.throttle(n, 20);
  await assert.rejects(client.chat.completions.create({ model: 'chat', messages: [...MESSAGES] }), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.ok(Number(error.headers.get('retry-after-ms')) > 1_000);
    return true;
  });
});
