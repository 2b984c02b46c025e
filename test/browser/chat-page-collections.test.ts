/** The page of the chat app on the real thing: documents by collections, questions to some of them alone, and what is kept of a user. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type Chat, readSettings, startChat } from '@spillway/chat';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { CLIENT_KEY, world } from '../world.ts';
import { assertAccessible, assertFits, chromiumTool, launch, open } from './browser.ts';

const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

/** `[name, collection, text]` */
const DOCUMENTS: ReadonlyArray<readonly [string, string, string]> = [
  ['house-rules.md', 'rules', '# House rules\n\nQuiet hours begin at ten.\n'],
  ['deposits.md', 'rules', '# Deposits\n\nThe deposit is 150 euros for a flat.\n'],
  ['old-deposits.md', 'archive', '# Old deposits\n\nThe deposit is 90 euros for a flat.\n'],
  ['notes.txt', '', 'The deposit is what everybody asks about for a flat.\n'],
];

/** The app with those documents. */
async function app(t: TestContext): Promise<Chat> {
  const { gateway } = await world(t);
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_TITLE: 'Aster Lane',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => chat.close());
  for (const [name, collection, text] of DOCUMENTS) await upload(chat, name, collection, text);
  return chat;
}

async function upload({ url, parts }: Chat, name: string, collection: string, text: string): Promise<void> {
  const form = new FormData();
  form.set('file', new File([text], name));
  if (collection !== '') form.set('category', collection);
  const { job } = await (await fetch(`${url}/api/documents`, { method: 'POST', body: form })).json();
  assert.equal((await parts.queue.ended(job.id))?.progress.indexed, 1);
}

async function opened(t: TestContext, url: string, as: BrowserContextOptions = {}) {
  assert.ok(browser !== null);
  return open(t, browser, url, as);
}

async function categoriesIn({ parts }: Chat): Promise<readonly (string | null)[]> {
  const all = await parts.documents.list({ user: null, groups: [], isAdmin: true }, { after: null, limit: 100 });
  return all.map(({ category }) => category);
}

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 390],
] as const) {
  test(`chat page: collections are found in, filled, named anew and deleted, in the ${colorScheme}, ${width} pixels wide`, {
    skip,
  }, async (t) => {
    const chat = await app(t);
    const as = { colorScheme, viewport: { width, height: 850 } };
    const { page, complaints } = await opened(t, `${chat.url}/#/documents`, as);
    const look = async (what: string): Promise<void> => {
      await assertAccessible(page, what);
      await assertFits(page, what);
    };
    const list = (name: string) => page.getByRole('list', { name, exact: true });
    await list('rules').getByRole('link', { name: 'Deposits', exact: true }).waitFor();
    assert.deepEqual(await page.getByRole('heading', { level: 2 }).allInnerTexts(), [
      'archive',
      'rules',
      'In no collection',
    ]);
    await page.getByText(/Documents: 2 · Passages: 2 · \d+ byte/).waitFor();
    await page.getByRole('searchbox', { name: 'Search documents by name' }).fill('DEPOSITS');
    await list('In no collection').waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('checkbox', { name: /^Choose (?!all)/ }).count(), 2);
    await page.getByRole('searchbox', { name: 'Search documents by name' }).fill('');
    await page.getByRole('region', { name: 'Documents', exact: true }).getByText('notes', { exact: true }).waitFor();
    await page.locator('.finding select').selectOption('rules');
    await list('archive').waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: 'Choose all of rules' }).check();
    const bar = page.getByRole('region', { name: 'Chosen: 2' });
    await bar.waitFor();
    await page.getByRole('checkbox', { name: 'Choose House rules' }).uncheck();
    await look('documents chosen');
    // With keys alone: to the button, a new name, and sent by Enter.
    await page.getByRole('region', { name: 'Chosen: 1' }).getByRole('button', { name: 'Move' }).press('Enter');
    const moving = page.getByRole('dialog', { name: 'Move to a collection' });
    await moving.getByLabel('Collection').fill('money');
    await look('moving');
    await moving.getByLabel('Collection').press('Enter');
    await page.getByText('Moved: 1').waitFor();
    assert.deepEqual(await categoriesIn(chat), ['money', 'rules', null, 'archive']);
    await page.locator('.finding select').selectOption({ label: 'All collections' });
    await page.getByRole('button', { name: 'Rename archive' }).click();
    await page.getByRole('dialog').getByLabel('Collection').fill('money');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await list('archive').waitFor({ state: 'detached' });
    assert.equal(await list('money').getByRole('listitem').count(), 2);
    await page.getByRole('button', { name: 'Delete money with all its documents?' }).click();
    await page.getByRole('dialog').getByText('Documents: 2. Their text').waitFor();
    await look('deleting a collection');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Deleted: 2').waitFor();
    assert.deepEqual(await categoriesIn(chat), ['rules', null]);
    assert.deepEqual(complaints, []);
  });
}

test('chat page: a list of more than a page goes on where it ended, and a large collection is shown alone', {
  skip,
}, async (t) => {
  const chat = await app(t);
  for (let i = 0; i < 120; i++) await upload(chat, `z-page-${100 + i}.md`, 'pages', `# Page ${100 + i}\n\nText.\n`);
  const { page } = await opened(t, `${chat.url}/#/documents`);
  const pages = page.getByRole('list', { name: 'pages', exact: true });
  await pages.getByRole('link', { name: 'Page 100', exact: true }).waitFor();
  assert.equal(await pages.getByRole('listitem').count(), 96);
  await page.getByText('Documents: 120').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await pages.getByRole('link', { name: 'Page 219', exact: true }).waitFor();
  assert.equal(await pages.getByRole('listitem').count(), 120);
  await page.reload();
  await page.getByRole('button', { name: 'Show all of pages' }).click();
  await page.getByRole('list', { name: 'rules', exact: true }).waitFor({ state: 'detached' });
  assert.equal(await pages.getByRole('listitem').count(), 100);
});

const QUESTION = 'How much is the deposit for a flat?';

async function answered(page: Page, count: number): Promise<void> {
  await page
    .getByRole('button', { name: 'Copy the answer' })
    .nth(count - 1)
    .waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
}

/** What each question was asked of, as the server keeps it, and the titles of what was found. */
async function asked({ parts }: Chat): Promise<readonly (readonly [string, readonly string[]])[]> {
  const [row] = await parts.conversations.list('local', { search: null, limit: 1 });
  const found = await parts.conversations.read(row?.id ?? '', 'local');
  return (found?.turns ?? []).map(({ details }) => {
    const events: readonly Told[] = JSON.parse(details);
    const about = events.find((event) => event.about?.kind === 'scope')?.about;
    const scope = about?.category ?? about?.documents?.map(({ title }) => title).join() ?? 'everything';
    const titles = events.flatMap(({ sources = [] }) => sources.map(({ title }) => title));
    return [scope === '' ? 'everything' : scope, titles.toSorted()] as const;
  });
}

interface Told {
  readonly about?: {
    readonly kind: string;
    readonly category: string | null;
    readonly documents?: readonly { readonly title: string }[];
  };
  readonly sources?: readonly { readonly title: string }[];
}

test('chat page: chosen documents alone are asked, which is told, kept over a reload, by edits and new answers, until it is taken away', {
  skip,
}, async (t) => {
  const chat = await app(t);
  const { page, complaints } = await opened(t, `${chat.url}/#/documents`);
  await page.getByRole('checkbox', { name: 'Choose Old deposits' }).check();
  await page.getByRole('region', { name: 'Chosen: 1' }).getByRole('button', { name: 'Ask about these' }).click();
  const chip = page.getByText('Asking only: Old deposits');
  await chip.waitFor();
  await page.reload();
  await chip.waitFor();
  await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
  await page.keyboard.press('Enter');
  await answered(page, 1);
  await page.locator('.prose').getByText('90 euros').waitFor();
  await page.getByText('Asked of: Old deposits').waitFor();
  await page.getByRole('button', { name: 'How this was answered' }).click();
  await page.getByRole('tab', { name: 'Steps' }).click();
  await page.getByRole('tabpanel').getByRole('heading', { name: 'Asked of' }).waitFor();
  await page.getByRole('tabpanel').getByText('Old deposits', { exact: true }).waitFor();
  await assertAccessible(page, 'a question to some documents');
  // Another tab knows it from the server alone.
  const other = await opened(t, page.url());
  await other.page.getByText('Asking only: Old deposits').waitFor();
  await page.reload();
  await chip.waitFor();
  await page.getByRole('button', { name: 'Ask all documents again' }).click();
  await chip.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('Asked of: Old deposits').waitFor();
  assert.equal(await chip.count(), 0);
  await page.getByRole('button', { name: 'Answer anew' }).click();
  await page.getByText('2 / 2').waitFor();
  await answered(page, 1);
  await page.getByRole('button', { name: 'Edit the question' }).click();
  await page.getByRole('textbox', { name: 'Edit the question' }).fill('What is the deposit for a flat?');
  await page.keyboard.press('Enter');
  await page.getByText('3 / 3').waitFor();
  await answered(page, 1);
  await page.getByRole('textbox', { name: 'Your question' }).fill('And how much is the deposit for a flat now?');
  await page.keyboard.press('Enter');
  await answered(page, 2);
  const told = await asked(chat);
  assert.deepEqual(
    told.slice(0, 3),
    Array.from({ length: 3 }, () => ['Old deposits', ['Old deposits']]),
  );
  assert.equal(told[3]?.[0], 'everything');
  assert.ok((told[3]?.[1].length ?? 0) > 1, JSON.stringify(told[3]));
  assert.deepEqual(complaints, []);
});

test('chat page: from the question a collection is asked, or documents found by their names', { skip }, async (t) => {
  const chat = await app(t);
  const { page, complaints } = await opened(t, chat.url, {
    viewport: { width: 390, height: 800 },
    colorScheme: 'dark',
  });
  const picker = page.getByRole('dialog', { name: 'Ask only some documents' });
  const openPicker = () => page.getByRole('button', { name: 'Ask only some documents' }).click();
  await openPicker();
  await picker.getByRole('button', { name: 'archive 1' }).click();
  await page.getByText('Asking only: Collection archive').waitFor();
  await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
  await page.keyboard.press('Enter');
  await answered(page, 1);
  await page.locator('.prose').getByText('90 euros').waitFor();
  await openPicker();
  await picker.getByRole('button', { name: 'archive 1', pressed: true }).waitFor();
  await picker.getByRole('searchbox').fill('rules');
  await picker.getByText('notes').waitFor({ state: 'detached' });
  await picker.getByLabel('House rules').check();
  await picker.getByRole('searchbox').fill('depos');
  await picker.getByLabel('Deposits', { exact: true }).check();
  await picker.getByText('Chosen: 2').waitFor();
  await assertAccessible(page, 'the choice');
  await assertFits(page, 'the choice');
  await picker.getByRole('button', { name: 'Ask about these' }).click();
  await page.getByText('Asking only: House rules and 1 more').waitFor();
  await page.getByRole('textbox', { name: 'Your question' }).fill('How much is the deposit?');
  await page.keyboard.press('Enter');
  await answered(page, 2);
  await assertFits(page, 'two questions');
  assert.deepEqual(await asked(chat), [
    ['archive', ['Old deposits']],
    ['House rules,Deposits', ['Deposits']],
  ]);
  assert.deepEqual(complaints, []);
});

test('chat page: the settings say who somebody is and what is kept of them, give it out and delete it', {
  skip,
}, async (t) => {
  const chat = await app(t);
  const { page, complaints } = await opened(t, chat.url);
  await page.getByRole('textbox', { name: 'Your question' }).fill(QUESTION);
  await page.keyboard.press('Enter');
  await answered(page, 1);
  await page.getByRole('button', { name: 'Good answer' }).click();
  await page.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  const profile = page.getByRole('region', { name: 'You' });
  await profile.getByText('The app runs on your own machine').waitFor();
  const figures = () => profile.locator('dd').allInnerTexts();
  await profile.getByText('Save all as a file').waitFor();
  const [conversations, questions, rated, shared, documents] = await figures();
  assert.deepEqual([conversations, questions, rated, shared], ['1', '1', '1', '0']);
  assert.match(documents ?? '', /^4 \(\d+ byte\)$/);
  await assertAccessible(page, 'the profile');
  const [file] = await Promise.all([page.waitForEvent('download'), profile.getByText('Save all as a file').click()]);
  assert.equal(file.suggestedFilename(), 'spillway-chat.json');
  const saved = JSON.parse(await readFile(await file.path(), 'utf8'));
  assert.equal(saved.conversations[0].turns[0].question, QUESTION);
  assert.equal(saved.documents.length, 4);
  await profile.getByRole('button', { name: 'Delete my conversations' }).click();
  const sure = page.getByRole('dialog', { name: 'Delete all conversations?' });
  await sure.getByText('Conversations: 1. All questions').waitFor();
  await sure.getByRole('button', { name: 'Delete' }).click();
  await profile.getByRole('button', { name: 'Delete my conversations' }).waitFor({ state: 'detached' });
  assert.deepEqual((await figures()).slice(0, 3), ['0', '0', '0']);
  assert.deepEqual(await chat.parts.conversations.list('local', { search: null, limit: 10 }), []);
  assert.deepEqual(complaints, []);
});
