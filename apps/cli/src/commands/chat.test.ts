/** `spillway chat` as a person runs it: settings refused, a folder indexed, the app served. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from '../testing/command.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-chat-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function environment(path: string): Readonly<Record<string, string>> {
  return {
    AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1',
    USE_VECTORS: 'false',
    SPILLWAY_CHAT_FILE: join(path, 'chat.sqlite'),
  };
}

test('chat: every wrong setting is told, and the exit says that it was used wrongly', async () => {
  const { code, stderr } = await new Command(['chat', 'serve'], { OPENAI_HOST: 'azur', SPILLWAY_CHAT_TOP: 'x' }).ended;
  assert.equal(code, 2);
  assert.match(stderr, /OPENAI_HOST: "azur"/);
  assert.match(stderr, /SPILLWAY_CHAT_TOP: "x"/);
});

test('chat: a folder is indexed, unchanged files are skipped, one and all are removed', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.md'), '# A\n\nText of A.\n');
  writeFileSync(join(path, 'b.md'), '# B\n\nText of B.\n');
  const env = environment(path);
  const run = (...args: string[]) => new Command(['chat', 'index', ...args], env).ended;
  assert.match((await run(path)).stdout, /^2 indexed \(2 passages\), 0 unchanged, 0 failed, of 2 files$/m);
  const again = await run(path, '--json');
  assert.deepEqual([JSON.parse(again.stdout).skipped, again.code], [2, 0]);
  assert.match((await run('--remove', 'a.md')).stdout, /^1 removed$/m);
  assert.equal((await run('--remove', 'a.md')).code, 1);
  assert.match((await run('--remove-all')).stdout, /^1 removed$/m);
  assert.equal((await run()).code, 2);
  assert.equal((await run(path, '--remove-all')).code, 2);
});

test('chat: serves after its folder is indexed, says where, and ends cleanly', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.md'), '# A\n\nText of A.\n');
  const running = new Command(['chat', 'serve', '--port', '0', '--index', path], environment(path));
  const [, url] = await running.sees(/listens on (http:\S+)/);
  await running.sees(/1 indexed/);
  const found = await fetch(`${url}/api/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"text"}',
  });
  assert.equal((await found.json()).sources[0].path, 'a.md');
  running.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

test('chat: a host beyond this machine is refused without sign-in', async (t) => {
  const { code, stderr } = await new Command(['chat', 'serve', '--host', '0.0.0.0'], environment(folder(t))).ended;
  assert.equal(code, 2);
  assert.match(stderr, /SPILLWAY_CHAT_AUTH/);
});

/** A model that says one word and goes on when it is told to. */
async function heldModel(t: TestContext): Promise<{ readonly url: string; readonly goOn: () => void }> {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(piece('One ', null));
    held.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const goOn = () => {
    for (const response of held.splice(0)) response.end(`${piece('two', 'stop')}data: [DONE]\n\n`);
  };
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, goOn };
}

function piece(content: string, finish: string | null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
}

/** A served app with an answer under way, of which one word has come. */
async function withAnswerUnderWay(t: TestContext) {
  const model = await heldModel(t);
  const running = new Command(['chat', 'serve', '--port', '0'], {
    ...environment(folder(t)),
    AZURE_OPENAI_CUSTOM_URL: model.url,
  });
  t.after(() => running.kill('SIGKILL'));
  const [, url = ''] = await running.sees(/listens on (http:\S+)/);
  const ask = () => post(`${url}/api/chat`, { question: 'Count' });
  const answer = await ask();
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const more = async () => {
    const { done, value = '' } = (await reader?.read()) ?? { done: true };
    text += value;
    return !done;
  };
  while (!text.includes('One') && (await more()));
  const rest = async () => {
    while (await more());
    return text;
  };
  return { running, url, ask, rest, goOn: model.goOn };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

test('chat: after SIGTERM it is not ready and takes no question, while an answer under way is read to its end', async (t) => {
  const { running, url, ask, rest, goOn } = await withAnswerUnderWay(t);
  running.kill('SIGTERM');
  await running.sees(/Draining/);
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  const refused = await ask();
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5']);
  goOn();
  const text = await rest();
  assert.match(text, /"delta","text":" two"/);
  assert.match(text, /"type":"done".*\n$/);
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /The chat app has ended\.\n$/);
});

test('chat: a second signal ends it at once, with the answer under way', async (t) => {
  const { running, url, rest } = await withAnswerUnderWay(t);
  running.kill('SIGTERM');
  await running.sees(/Draining/);
  // Signals close together are one press: they are sent until one of them is a second.
  const isUp = () => fetch(`${url}/livez`).then(Boolean, () => false);
  while (await isUp()) running.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  assert.equal(code, 1, stderr);
  assert.match(stderr, /has ended without waiting/);
  await rest().catch((error: unknown) => assert.match(String(error), /terminated/));
});
