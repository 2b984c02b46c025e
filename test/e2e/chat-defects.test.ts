/**
 * The thirteen defects that were found in the public JavaScript sample (chat-app study, section 3), each as what ours does instead: the
 * whole app, asked over HTTP, before the real gateway and simulator. D10 looks at the page in a real browser as well.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { pdfOf } from '../../apps/chat/src/extract/testing/pdf.ts';
import { chromiumTool, launch, open } from '../browser/browser.ts';
import { ask, type ChatWorld, chatWorld, folderOf, type Sent, textOf } from './chat-app.ts';

let browser: Browser | null = null;
before(async () => {
  if (chromiumTool.skip === false) browser = await launch();
});
after(() => browser?.close());

const DOCUMENTS = {
  'deposits.md': '# Deposits\n\nNext you pay the deposit of 100 euros within 14 days.\n',
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n',
};
const DEPOSIT = 'When do I pay the deposit?';
const message = (content: string) => ({ messages: [{ role: 'user', content }] });

function chatBodies(sent: readonly Sent[]): readonly string[] {
  return sent.filter(({ path }) => path.includes('/chat/completions')).map(({ body }) => body);
}

function embeddings(sent: readonly Sent[]): readonly Sent[] {
  return sent.filter(({ path }) => path.includes('/embeddings'));
}

test('D1: the approach that the Ask page starts with, rrr, is answered by /ask', async (t) => {
  const w = await chatWorld(t, { documents: DOCUMENTS });
  const answer = await w.post('/ask', { ...message(DEPOSIT), context: { approach: 'rrr' } });
  assert.equal(answer.status, 200);
  assert.match((await answer.json()).choices[0].message.content, /100 euros within 14 days/);
});

test('D2: the ranker, on or off, given as a variable or with a question, changes nothing that is found', async (t) => {
  const told: string[] = [];
  for (const env of [{ AZURE_SEARCH_SEMANTIC_RANKER: 'disabled' }, { AZURE_SEARCH_SEMANTIC_RANKER: 'free' }]) {
    const w = await chatWorld(t, { documents: DOCUMENTS, env });
    for (const semantic_ranker of [true, false]) {
      const answer = await w.post('/chat', { ...message(DEPOSIT), context: { semantic_ranker, top: 2 } });
      assert.equal(answer.status, 200);
      const { content, context } = (await answer.json()).choices[0].message;
      told.push(JSON.stringify([content, context.data_points]));
    }
  }
  assert.match(told[0] ?? '', /deposits\.md/);
  assert.equal(new Set(told).size, 1);
});

test('D3: with captions asked for, each source has the name of its file', async (t) => {
  const w = await chatWorld(t, { documents: DOCUMENTS });
  const context = { approach: 'rrr', semantic_ranker: true, semantic_captions: true };
  const answer = await w.post('/chat', { ...message(DEPOSIT), context });
  const told = (await answer.json()).choices[0].message;
  const points: readonly string[] = told.context.data_points.text;
  assert.ok(points.length > 0);
  for (const point of points) assert.match(point, /^(deposits|pets)\.md: /);
  assert.doesNotMatch(JSON.stringify(told), /undefined/);
});

test('D4: a whole prompt takes the place of the instructions, one behind >>> is added to them', async (t) => {
  const w = await chatWorld(t, { documents: DOCUMENTS });
  const systemWith = async (prompt_template: string) => {
    w.sent.length = 0;
    await w.post('/chat', { ...message(DEPOSIT), context: { overrides: { prompt_template } } });
    const { messages } = JSON.parse(chatBodies(w.sent).at(-1) ?? '{}');
    assert.equal(messages[0].role, 'system');
    return String(messages[0].content);
  };
  const own = await systemWith('');
  assert.equal(await systemWith('Speak like a pirate.'), 'Speak like a pirate.');
  assert.equal(await systemWith('>>>Speak like a pirate.'), `${own}\n\nSpeak like a pirate.`);
});

test('D5: numbers and a first word Next come through whole, in the app and in the dialect of the sample', async (t) => {
  const w = await chatWorld(t, { documents: DOCUMENTS });
  const events = await ask(w, DEPOSIT);
  assert.match(textOf(events), /^Next you pay the deposit of 100 euros within 14 days\b/);
  assert.doesNotMatch(textOf(events), /<<|>>|\[S\d/);
  assert.ok(events.some(({ type }) => type === 'citation'));
  assert.ok(events.some((event) => event.type === 'followups' && event.questions.length > 0));
  const answer = await w.post('/chat', { ...message(DEPOSIT), stream: true, context: { approach: 'rrr' } });
  const lines = (await answer.text()).trim().split('\n');
  const text = lines.map((line) => JSON.parse(line).choices[0].delta.content ?? '').join('');
  assert.match(text, /^Next you pay the deposit of 100 euros within 14 days \[deposits\.md\]/);
});

async function put(w: ChatWorld, name: string, options: object): Promise<number> {
  const form = new FormData();
  form.set('file', new File([`# About ${name}\n\nText of ${name}.\n`], name));
  form.set('options', JSON.stringify(options));
  return (await fetch(`${w.url}/indexes/docs/files`, { method: 'POST', body: form })).status;
}

async function rows(w: ChatWorld): Promise<readonly { readonly path: string; readonly category: string | null }[]> {
  return (await (await w.get('/api/documents')).json()).documents;
}

test('D6: a name with an apostrophe is deleted, and names near to it stay', async (t) => {
  const w = await chatWorld(t);
  const names = ["o'hara.md", "o'hara.md.txt", 'o.md', "x-o'hara.md"];
  for (const name of names) assert.equal(await put(w, name, { wait: true }), 204, name);
  const removed = `${w.url}/indexes/docs/files/${encodeURIComponent("o'hara.md")}`;
  assert.equal((await fetch(removed, { method: 'DELETE' })).status, 204);
  assert.deepEqual((await rows(w)).map(({ path }) => path).sort(), names.slice(1).sort());
  assert.equal((await w.get(`/content/${encodeURIComponent("o'hara.md")}`)).status, 404);
  assert.equal((await w.get(`/content/${encodeURIComponent("o'hara.md.txt")}`)).status, 200);
  await fetch(`${w.url}/indexes/docs`, { method: 'DELETE' });
  assert.deepEqual(await rows(w), []);
});

test('D7: a new conversation takes nothing of an earlier one to the model', async (t) => {
  const w = await chatWorld(t, { documents: DOCUMENTS });
  await ask(w, 'What does a zebra-striped dog cost?');
  w.sent.length = 0;
  await ask(w, DEPOSIT);
  assert.ok(w.sent.length > 0);
  assert.doesNotMatch(JSON.stringify(w.sent), /zebra/);
});

test('D8: the same question is put to the model in the same way each time, with each role at its place', async (t) => {
  const w = await chatWorld(t, { documents: DOCUMENTS });
  const asked: string[] = [];
  for (let times = 0; times < 3; times++) {
    const conversationId = (await ask(w, 'What does a dog cost?')).at(-1);
    assert.ok(conversationId?.type === 'done');
    w.sent.length = 0;
    await ask(w, 'And when do I pay the deposit?', { conversationId: conversationId.conversationId });
    asked.push(JSON.stringify(chatBodies(w.sent)));
    const roles = chatBodies(w.sent).map((body) => JSON.parse(body).messages.map(({ role }: { role: string }) => role));
    // The query that is planned, then the answer: system, what was said, the question.
    assert.deepEqual(roles, Array(2).fill(['system', 'user', 'assistant', 'user']));
  }
  assert.equal(new Set(asked).size, 1);
  w.sent.length = 0;
  await ask(w, DEPOSIT, { mode: 'ask' });
  const { messages } = JSON.parse(chatBodies(w.sent)[0] ?? '{}');
  assert.deepEqual(
    messages.map(({ role }: { role: string }) => role),
    ['system', 'user'],
  );
});

const BOATS = '# Boats\n\nA boat is moored at the pier.\n';

test('D9: a file that is not waited for has its vectors, its original and its category, and so has one from the command line', async (t) => {
  const w = await chatWorld(t);
  assert.equal(await put(w, 'bicycles.md', { wait: false, category: 'rules' }), 202);
  const [{ id } = { id: '' }] = (await (await w.get('/api/jobs')).json()).jobs;
  await w.app.parts.queue.ended(id);
  assert.deepEqual(
    (await rows(w)).map(({ path, category }) => [path, category]),
    [['bicycles.md', 'rules']],
  );
  assert.match(embeddings(w.sent)[0]?.body ?? '', /Text of bicycles\.md/);
  assert.match(await (await w.get('/content/bicycles.md')).text(), /^# About bicycles\.md/);
  const found = await w.post('/api/search', {
    query: 'bicycles',
    overrides: { includeCategory: 'rules', retrievalMode: 'vectors' },
  });
  assert.equal((await found.json()).sources[0]?.path, 'bicycles.md');
  const root = folderOf(t, { 'boats.md': BOATS });
  const file = join(root, '.chat.sqlite');
  const env = {
    PATH: process.env.PATH ?? '',
    AZURE_OPENAI_CUSTOM_URL: w.world.gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: 'client-key',
    SPILLWAY_CHAT_FILE: file,
  };
  const program = ['apps/cli/bin/spillway.mjs', 'chat', 'index', root, '--category', 'water', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, program, { env, timeout: 60_000 });
  const later = await chatWorld(t, { env: { SPILLWAY_CHAT_FILE: file } });
  assert.deepEqual(
    (await rows(later)).map(({ path, category }) => [path, category]),
    [['boats.md', 'water']],
  );
  const { embedded } = JSON.parse(stdout);
  assert.equal(embedded, 1, stdout);
  assert.equal(await (await later.get('/content/boats.md')).text(), BOATS);
  const boats = await later.post('/api/search', {
    query: 'boats',
    overrides: { includeCategory: 'water', retrievalMode: 'vectors' },
  });
  const { mode, sources } = await boats.json();
  assert.deepEqual([mode, sources[0]?.path], ['vectors', 'boats.md']);
});

const ATTACK =
  '<script>document.title="owned"</script><img src="http://127.0.0.1:9/x.png" onerror="document.title=\'owned\'">';

test('D10: markup of a document is text: in the dialect of the sample, in the file that is opened, and on the page', async (t) => {
  const w = await chatWorld(t, {
    documents: {
      'attack.html': `<h1>Moorings</h1><p>A mooring costs 7 euros.</p>${ATTACK}`,
      'attack.md': `# Moorings\n\nA mooring costs 7 euros. ${ATTACK}\n`,
    },
  });
  const question = 'What does a mooring cost?';
  const answer = await w.post('/chat', { ...message(question), context: { approach: 'rrr' } });
  const { context } = (await answer.json()).choices[0].message;
  assert.doesNotMatch(JSON.stringify(context), /<script|<img/);
  const original = await w.get('/content/attack.html');
  assert.match(original.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(original.headers.get('content-security-policy') ?? '', /sandbox/);
  if (browser === null) return;
  const { page, complaints } = await open(t, browser, w.url);
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  await page.getByRole('button', { name: 'Source 1' }).first().click();
  await page.locator('mark').getByText('7 euros').waitFor();
  assert.equal(await page.locator('.prose :is(img, script), [role=tabpanel] :is(img, script)').count(), 0);
  assert.notEqual(await page.title(), 'owned');
  assert.deepEqual(complaints, []);
});

test('D11: models that nobody has heard of stop neither the app nor the index', async (t) => {
  const env = {
    AZURE_OPENAI_CHATGPT_MODEL: 'gpt-99-turbo',
    AZURE_OPENAI_EMB_MODEL_NAME: 'embeddings-of-tomorrow',
    AZURE_OPENAI_EMB_DIMENSIONS: '256',
  };
  const w = await chatWorld(t, { documents: DOCUMENTS, env });
  const events = await ask(w, DEPOSIT);
  assert.match(textOf(events), /100 euros within 14 days/);
  assert.equal((await (await w.get('/readyz')).json()).documents, 2);
  assert.match(embeddings(w.sent)[0]?.body ?? '', /"dimensions":256/);
});

/** Made of syllables, another one for each number. */
function wordOf(number: number): string {
  return [...`${number * 7_919}`].map((digit) => 'ba ke li mo nu pa re si to vu'.split(' ')[Number(digit)]).join('');
}

test('D12: the last page of forty is cited as the fortieth, and each passage is where its offsets say', async (t) => {
  const pages = 40;
  const pdf = await pdfOf((draw) => {
    for (let page = 1; page <= pages; page++) {
      if (page > 1) draw.addPage();
      // Words of its own: what is the same on each page is taken for its head or foot.
      draw.text(
        `${wordOf(page)} ${wordOf(page + 7)}\n\nThe locker ${wordOf(page)} opens with C${page}X${page}.\n\n${wordOf(page + 99)} ${wordOf(page)}.`,
      );
    }
  });
  const w = await chatWorld(t, { documents: { 'lockers.pdf': pdf } });
  const [{ id } = { id: '' }] = (await (await w.get('/api/documents')).json()).documents;
  const { text } = await (await w.get(`/api/documents/${id}/text`)).json();
  const { chunks } = await (await w.get(`/api/documents/${id}/chunks`)).json();
  for (const chunk of chunks) {
    for (const [, page] of text.slice(chunk.start, chunk.end).matchAll(/C(\d+)X/g)) {
      assert.ok(
        chunk.pageFrom <= Number(page) && Number(page) <= chunk.pageTo,
        `C${page}X in ${JSON.stringify(chunk)}`,
      );
    }
  }
  for (const page of [1, 2, pages - 1, pages]) {
    const found = await w.post('/api/search', {
      query: `the locker ${wordOf(page)} C${page}X${page}`,
      overrides: { retrievalMode: 'text', top: 1 },
    });
    const [source] = (await found.json()).sources;
    assert.match(text.slice(source.start, source.end), new RegExp(`C${page}X${page}\\b`));
    assert.ok(source.pageFrom <= page && page <= source.pageTo);
  }
});

test('D13: a throttled call for embeddings is made again, and the file is indexed with its vectors', async (t) => {
  let refused = 0;
  const answering = ({ path }: Sent) => {
    if (!path.includes('/embeddings') || refused === 2) return null;
    refused++;
    return { status: 429, headers: { 'retry-after-ms': '1' } };
  };
  const w = await chatWorld(t, { documents: DOCUMENTS, answering });
  assert.equal(refused, 2);
  const found = await w.post('/api/search', { query: DEPOSIT, overrides: { retrievalMode: 'vectors' } });
  const { mode, sources } = await found.json();
  assert.equal(mode, 'vectors');
  assert.equal(sources[0]?.path, 'deposits.md');
});

test('thirteen defects, each with one test of its name', () => {
  const names = [...readFileSync(import.meta.filename, 'utf8').matchAll(/^test\('(D\d+): /gm)].map(([, name]) => name);
  assert.deepEqual(
    names,
    Array.from({ length: 13 }, (_, i) => `D${i + 1}`),
  );
});
