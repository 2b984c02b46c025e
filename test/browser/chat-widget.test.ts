/** The widget on a page of another origin that has a strict policy of its own, before the real app, gateway and simulator. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { type ChatWorld, type ChatWorldOptions, chatWorld } from '../e2e/chat-app.ts';
import { assertAccessible, assertFits, chromiumTool, launch, type Opened, open } from './browser.ts';

const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

/** The policy that docs/chat.md names, and trusted types, of which none is made. */
const policyFor = (app: string): string =>
  `default-src 'none'; script-src ${app}; connect-src ${app}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

interface Host {
  readonly url: string;
  /** To be set when the app, which has to know this origin first, has its address. */
  app: string;
  attributes: string;
}

/** A page of somebody else. */
async function host(t: TestContext): Promise<Host> {
  const it = { url: '', app: '', attributes: '' };
  const server = createServer((request, response) => {
    if (request.url !== '/') return response.writeHead(204).end();
    const head = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Somebody's shop</title><meta name="viewport" content="width=device-width">`;
    const body = `<script type="module" src="${it.app}/widget.js"></script></head><body><main><h1>Shop</h1><p>Welcome.</p><spillway-chat ${it.attributes}></spillway-chat></main></body></html>`;
    const headers = { 'content-type': 'text/html', 'content-security-policy': policyFor(it.app) };
    return response.writeHead(200, headers).end(head + body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  it.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return it;
}

const DOCUMENTS = {
  'deposits.md': '# Deposits\n\nThe deposit is 150 euros for a flat. It is paid within 14 days after booking.\n',
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night.\n',
};
const QUESTION = 'How much does a dog cost per night?';

interface Shown extends Opened, ChatWorld {
  readonly there: Host;
}

type Look = Parameters<typeof open>[3];

/** @param inner attributes of the element, as they stand in the page. */
async function shown(t: TestContext, inner = '', options: ChatWorldOptions = {}, as: Look = {}): Promise<Shown> {
  const there = await host(t);
  const env = { ALLOWED_ORIGINS: there.url, ...options.env };
  const chat = await chatWorld(t, { documents: DOCUMENTS, ...options, env });
  there.app = chat.url;
  there.attributes = inner;
  assert.ok(browser !== null);
  return { there, ...chat, ...(await open(t, browser, there.url, as)) };
}

/** What the element told the page around it, as `name detail`. */
async function heard(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(`for (const name of ['open', 'close', 'question', 'answer', 'failure'])
    document.addEventListener('spillway-' + name, ({ type, detail }) =>
      (window.heard ??= []).push(type + ' ' + (detail.kind ?? detail.question ?? '')));`);
  return () => page.evaluate<readonly string[]>('window.heard ?? []');
}

const answered = (page: Page): Locator => page.locator('spillway-chat').getByRole('list', { name: 'Ask next' });

test('spillway-chat: on a page of another origin it is opened, asked, cites what it quotes, and goes on', {
  skip,
}, async (t) => {
  const { page, complaints, there } = await shown(
    t,
    'title="Ask the shop" suggestions="How much does a dog cost per night?|What is the deposit?"',
  );
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.getByRole('button', { name: 'Ask the shop' }).click();
  const panel = page.getByRole('dialog', { name: 'Ask the shop' });
  await panel.getByRole('list', { name: 'Examples' }).waitFor();
  await assertAccessible(page, 'the widget at its start');
  await panel.getByRole('button', { name: QUESTION }).click();
  await panel.locator('.prose').getByText('A dog costs 12 euros per night').waitFor();
  await answered(page).waitFor();
  await panel.locator('.prose').getByRole('button', { name: 'Source 1' }).click();
  await panel.locator('blockquote').getByText('Dogs are welcome in the garden flat.').waitFor();
  const original = panel.getByRole('link', { name: 'Open the original of Pets' });
  assert.equal(await original.getAttribute('href'), `${there.app}/content/pets.md`);
  await assertAccessible(page, 'an answer');
  await answered(page).getByRole('button').first().click();
  await panel
    .locator('.turn')
    .nth(1)
    .getByRole('article', { name: 'Answer' })
    .and(page.locator('[aria-busy=false]'))
    .waitFor();
  assert.deepEqual([...new Set(asked)], [there.app]);
  assert.deepEqual(complaints, []);
});

/** Looks at the page until something is so. */
const LOOKS_MAX = 1_000;

test('spillway-chat: keys alone open it, ask, read the source and close it, and the focus comes back', {
  skip,
}, async (t) => {
  const { page } = await shown(t);
  await page.getByRole('button', { name: 'Your question' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Your question' }).waitFor();
  await page.keyboard.type(QUESTION);
  await page.keyboard.press('Enter');
  await answered(page).waitFor();
  await page.locator('spillway-chat .prose .cite').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('spillway-chat details[open] blockquote').waitFor();
  const focused = (): Promise<string> =>
    page.evaluate('document.querySelector("spillway-chat").shadowRoot.activeElement?.localName ?? ""');
  assert.equal(await focused(), 'summary');
  await page.keyboard.press('Escape');
  await page.locator('spillway-chat .launcher').waitFor();
  // The page's policy forbids what waits in the page for a text of code to be true.
  let isBack = false;
  for (let i = 0; i < LOOKS_MAX && !isBack; i++) {
    isBack = await page.evaluate(
      'document.querySelector("spillway-chat").shadowRoot.activeElement?.className === "launcher"',
    );
  }
  assert.ok(isBack);
});

test('spillway-chat: a visitor of an app without sign-in goes on with the own conversation, and tells the page around it', {
  skip,
}, async (t) => {
  const { page, complaints, sent } = await shown(t, '', { isOpen: true });
  const told = await heard(page);
  await page.evaluate(`document.querySelector('spillway-chat').ask(${JSON.stringify(QUESTION)})`);
  await answered(page).waitFor();
  await page.getByRole('textbox', { name: 'Your question' }).fill('And what is the deposit?');
  await page.keyboard.press('Enter');
  await page.locator('spillway-chat .turn').nth(1).locator('.prose').getByText('150 euros').waitFor();
  await answered(page).waitFor();
  assert.ok(sent.some(({ body }) => body.includes(QUESTION) && body.includes('And what is the deposit?')));
  assert.deepEqual(await told(), [
    'spillway-open ',
    `spillway-question ${QUESTION}`,
    `spillway-answer ${QUESTION}`,
    'spillway-question And what is the deposit?',
    'spillway-answer And what is the deposit?',
  ]);
  assert.deepEqual(complaints, []);
});

test('spillway-chat: a wait for quota is counted down, and the answer comes by itself', { skip }, async (t) => {
  const { page, world } = await shown(t, 'position="inline"');
  await Promise.all([1, 2, 3].map((n) => world.throttle(n, 2)));
  await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
  await page.keyboard.press('Enter');
  await page.locator('spillway-chat').getByText('All capacity is in use').waitFor();
  await page
    .locator('spillway-chat')
    .getByText(/sent again by itself in [12] s/)
    .waitFor();
  await page.locator('spillway-chat .prose').getByText('12 euros per night').waitFor();
});

test('spillway-chat: stop keeps what was written; too many questions of one are told with the time', {
  skip,
}, async (t) => {
  const { page } = await shown(t, 'open', {
    latency: { firstTokenMs: 0, perTokenMs: 300 },
    env: { SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '1' },
  });
  const told = await heard(page);
  const ask = async (): Promise<void> => {
    await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
    await page.keyboard.press('Enter');
  };
  await ask();
  await page.locator('spillway-chat .prose').getByText('A dog').waitFor();
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await page.getByText('Stopped. The answer so far is kept.').waitFor();
  await ask();
  await page
    .locator('spillway-chat')
    .getByText(/sent again by itself in \d+ s/)
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Stopped. The answer so far is kept.').nth(1).waitFor();
  assert.deepEqual(await told(), [`spillway-question ${QUESTION}`, `spillway-question ${QUESTION}`]);
});

test('spillway-chat: an app that wants a sign-in says so, with the way to it', { skip }, async (t) => {
  const { page, there } = await shown(t, 'open', { env: { SPILLWAY_CHAT_AUTH: 'proxy' }, documents: {} });
  const told = await heard(page);
  await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
  await page.keyboard.press('Enter');
  const link = page.locator('spillway-chat').getByRole('link', { name: 'Sign in' });
  assert.equal(await link.getAttribute('href'), `${there.app}/`);
  assert.deepEqual(await told(), [`spillway-question ${QUESTION}`, 'spillway-failure notAllowed']);
});

test('spillway-chat: a refusal is told in the language of the page', { skip }, async (t) => {
  const { page } = await shown(t, 'open lang="de"', { env: { SPILLWAY_CHAT_AUTH: 'proxy' }, documents: {} });
  await page.getByRole('textbox', { name: 'Ihre Frage' }).fill(QUESTION);
  await page.keyboard.press('Enter');
  const note = page.locator('spillway-chat').getByRole('alert');
  await note.getByText('Melden Sie sich zuerst an.').waitFor();
  assert.equal(await note.getByText('Sign in first.').count(), 0);
});

test('spillway-chat: offers six suggestions, and takes no more of a question than the app does', {
  skip,
}, async (t) => {
  const { page } = await shown(t, 'open suggestions="1|2|3|4|5|6|7"', { documents: {} });
  const offered = page.locator('spillway-chat').getByRole('list', { name: 'Examples' }).getByRole('button');
  await offered.first().waitFor();
  assert.deepEqual(await offered.allTextContents(), ['1', '2', '3', '4', '5', '6']);
  const box = page.getByRole('textbox', { name: 'Your question' });
  await box.focus();
  await page.keyboard.insertText('x'.repeat(8_001));
  assert.equal((await box.inputValue()).length, 8_000);
});

test('spillway-chat: a page whose origin is not named gets no script, and one that is not told why', {
  skip,
}, async (t) => {
  const { page, complaints } = await shown(t, '', { env: { ALLOWED_ORIGINS: 'https://elsewhere.example' } });
  assert.equal(await page.evaluate('customElements.get("spillway-chat") === undefined'), true);
  assert.match(complaints.join('\n'), /widget\.js.*CORS/s);
});

test('spillway-chat: markup of documents is text, and nothing is loaded for it', { skip }, async (t) => {
  const attack =
    '<img src="https://evil.example/x.png" onerror="document.title=\'owned\'"> ![x](https://evil.example/y.png)';
  const documents = { 'moorings.md': `# Moorings\n\nA mooring costs 7 euros ${attack} a night.\n` };
  const { page, complaints, there } = await shown(t, 'open question="What does a mooring cost?"', { documents });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.locator('spillway-chat details').first().waitFor();
  await page.locator('spillway-chat .prose .cite').first().click();
  await page.locator('spillway-chat blockquote').getByText('7 euros').waitFor();
  assert.equal(await page.locator('spillway-chat :is(img, script, iframe)').count(), 0);
  assert.equal(await page.title(), "Somebody's shop");
  assert.deepEqual(
    [...new Set(asked)].filter((origin) => origin !== there.app),
    [],
  );
  assert.deepEqual(complaints, []);
});

for (const [name, inner, ground, as] of [
  ['dark, on a phone', 'theme="dark" open', 'rgb(14, 20, 24)', { viewport: { width: 390, height: 844 } }],
  [
    'light, at the left',
    'theme="light" position="bottom-left" open',
    'rgb(244, 246, 247)',
    { colorScheme: 'dark', viewport: { width: 1_280, height: 800 } },
  ],
  [
    'in German, in the text, dark as the system is',
    'lang="de" position="inline"',
    'rgb(14, 20, 24)',
    { colorScheme: 'dark', viewport: { width: 800, height: 900 } },
  ],
] as const) {
  test(`spillway-chat: ${name}`, { skip }, async (t) => {
    const { page, complaints } = await shown(t, `title="Ask the shop" ${inner}`, {}, as);
    const box = page.locator('spillway-chat textarea');
    await box.fill(QUESTION);
    await box.press('Enter');
    await page.locator('spillway-chat .offered').waitFor();
    await page.locator('spillway-chat .cite').first().click();
    await page.locator('spillway-chat details[open]').waitFor();
    if (inner.includes('lang')) await page.getByRole('list', { name: 'Genannte Quellen' }).waitFor();
    assert.equal(
      await page.locator('spillway-chat .panel').evaluate((panel) => getComputedStyle(panel).backgroundColor),
      ground,
    );
    await assertFits(page, name);
    await assertAccessible(page, name);
    assert.deepEqual(complaints, []);
  });
}
