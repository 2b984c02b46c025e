/** `spillway bench load --log-request-content true`: what may be private stands in the files for it alone, and no credential anywhere. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from '../../apps/cli/src/testing/command.ts';

/** Sent as the run's own credential; the server says it back wherever it can. */
const KEY = 'canary-key-5f2c';
/** Stands in what is replayed: a prompt, a tool, a search resource. */
const OTHERS = ['canary-bearer-91ab', 'canary-tool-77de', 'canary-search-03fa'];
const PROMPT = 'private-question';
const ANSWER = 'private-answer';
const PICTURE = 'iVBORw0KGgo'.repeat(2_000);

const RECORDED = [
  [
    { role: 'system', content: `call with Authorization: Bearer ${OTHERS[0]}` },
    {
      role: 'user',
      content: [
        { type: 'text', text: `${PROMPT} and ${KEY}` },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PICTURE}` } },
        { type: 'tool', authorization: OTHERS[1], authentication: { type: 'api_key', key: OTHERS[2] } },
      ],
    },
  ],
];

/** Each third call is refused, with the key in the words of the error. @returns its address, and how many keys it got. */
async function echo(t: TestContext) {
  const seen = { keys: 0, calls: 0 };
  const server = createServer((request, response) => {
    const key = String(request.headers['api-key']);
    if (key === KEY) seen.keys++;
    const isRefused = seen.calls++ % 3 === 2;
    request.resume().on('end', () => {
      response.setHeader('x-echo', key);
      if (isRefused) {
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { code: 'wrong_key', message: `wrong key ${key}` } }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const words = [ANSWER, ` ${key.slice(0, 6)}`, `${key.slice(6)} end`];
      for (const content of words)
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
      response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, seen };
}

test('bench load: prompts and answers only in the files for them; no credential in any output, wherever it stood', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const { url, seen } = await echo(t);
  const replay = join(path, 'talks.json');
  writeFileSync(replay, JSON.stringify(RECORDED));
  const what = ['-e', 'chat', '-n', '6', '-c', '1', '--context-generation-method', 'replay', '--replay-path', replay];
  const runs = (['human', 'jsonl', 'json'] as const).map(async (format) => {
    const files = ['--out', join(path, format, 'out'), '--log-save-dir', join(path, format, 'log')];
    const form = format === 'json' ? ['--json'] : ['-f', format];
    const args = ['bench', 'load', url, ...what, ...form, ...files, '--log-request-content', 'true'];
    return { format, ended: await new Command(args, { OPENAI_API_KEY: KEY }).ended };
  });
  for (const { format, ended } of await Promise.all(runs)) {
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /--log-request-content writes prompts and answers to files; they may be private/);
    const printed = ended.stdout + ended.stderr;
    assert.ok(printed.length > 500, format);
    const texts = new Map([['printed', printed]]);
    for (const entry of readdirSync(join(path, format), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) texts.set(entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    }
    assert.equal(texts.size, 6, [...texts.keys()].join());
    for (const [name, text] of texts) {
      const isForContents = name === 'contents.jsonl' || name.endsWith('.log');
      for (const secret of [KEY, ...OTHERS]) assert.ok(!text.includes(secret), `${format} ${name}: ${secret}`);
      for (const word of [PROMPT, ANSWER])
        assert.equal(text.includes(word), isForContents, `${format} ${name}: ${word}`);
      assert.ok(!text.includes(PICTURE.slice(0, 64)), `${format} ${name}: the picture`);
      if (isForContents) {
        assert.match(text, new RegExp(`… \\(${PICTURE.length} characters of base64\\)`), name);
        assert.match(text, new RegExp(`${ANSWER} \\[credential\\] end`), name);
      }
    }
  }
  assert.deepEqual([seen.calls, seen.keys], [18, 18], 'the key was sent');
});
