/** The page of the chat app on the real thing: its server, the gateway and the simulator; nothing here is played. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { type Chat, readSettings, startChat } from '@spillway/chat';
import type { Browser, Page } from 'playwright-core';
import type { StepEvent } from '../../apps/chat/src/events.ts';
import { CLIENT_KEY, type World, world } from '../world.ts';
import { assertAccessible, chromiumTool, launch, open } from './browser.ts';
import { ask, said } from './chat-page.ts';

const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

const HANDBOOK = Buffer.from(
  '# Guest handbook\n\n## Deposit\n\nThe deposit is 150 euros for a flat. It is paid back within 14 days.\n\n## Pets\n\nDogs are welcome in the garden flat.\n',
);

async function app(t: TestContext, gatewayUrl: string): Promise<Chat> {
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: gatewayUrl,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_TITLE: 'Aster Lane',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => chat.close());
  return chat;
}

async function uploaded(page: Page): Promise<void> {
  await page
    .getByLabel('Choose files')
    .setInputFiles({ name: 'handbook.md', mimeType: 'text/markdown', buffer: HANDBOOK });
  await page.getByText('Ready', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Guest handbook', exact: true }).waitFor();
}

test('chat page: a file is uploaded, asked about, cited with its passage, found again after a reload, and deleted', {
  skip,
}, async (t) => {
  const chat = await app(t, (await world(t)).gateway.url);
  assert.ok(browser !== null);
  const { page, complaints } = await open(t, browser, `${chat.url}/#/documents`);
  await uploaded(page);
  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  await page.getByRole('textbox', { name: 'Your question' }).fill('How much is the deposit for a flat?');
  await page.keyboard.press('Enter');
  await page.locator('.prose').getByText('150 euros').waitFor();
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  await page.getByRole('button', { name: 'Source 1' }).first().click();
  await page.locator('mark').getByText('150 euros').waitFor();
  await page.getByRole('tab', { name: 'Gateway' }).click();
  await page
    .getByRole('tabpanel')
    .getByText(/openai\d\/chat/)
    .first()
    .waitFor();
  await assertAccessible(page, 'an answer');
  await page.reload();
  await page.locator('.prose').getByText('150 euros').waitFor();
  await page.getByRole('button', { name: 'Good answer' }).click();
  await page.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
  await page.getByLabel(/^Actions for/).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('What you ask will be listed here.').waitFor();
  await page.getByRole('link', { name: 'Documents', exact: true }).click();
  await page.getByRole('button', { name: 'Delete Guest handbook?' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no documents yet.').waitFor();
  assert.deepEqual(complaints, []);
});

test('chat page: what is shared is read by its link until it is taken back, under titles of its own', {
  skip,
}, async (t) => {
  const chat = await app(t, (await world(t)).gateway.url);
  assert.ok(browser !== null);
  const { page } = await open(t, browser, `${chat.url}/#/documents`);
  await uploaded(page);
  await page.goto(chat.url);
  await page.getByRole('textbox', { name: 'Your question' }).fill('How much is the deposit for a flat?');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  assert.match(await page.title(), /^How much is the deposit.* – Aster Lane$/);
  await page.getByLabel(/^Actions for/).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  assert.ok(link.startsWith(`${chat.url}/shared/`));
  const other = await open(t, browser, link);
  await other.page.locator('.prose').getByText('150 euros').waitFor();
  await other.page.getByRole('list', { name: 'Cited sources' }).getByText('The deposit is 150 euros').waitFor();
  assert.match(await other.page.title(), /^How much is the deposit.* – Aster Lane$/);
  assert.deepEqual(other.complaints, []);
  await page.getByRole('button', { name: 'Take the link back' }).click();
  await page.getByText('The link does not work any more.').waitFor();
  await other.page.reload();
  await other.page.getByRole('alert').getByText('This link does not work.').waitFor();
});

test('chat page: with the gateway gone the passages that were found are the answer', { skip }, async (t) => {
  const { gateway } = await world(t);
  const chat = await app(t, gateway.url);
  assert.ok(browser !== null);
  const { page } = await open(t, browser, `${chat.url}/#/documents`);
  await uploaded(page);
  await page.goto(chat.url);
  await gateway.close();
  await page.getByRole('textbox', { name: 'Your question' }).fill('How much is the deposit for a flat?');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('The model cannot be reached', { exact: true }).waitFor();
  await page
    .getByRole('list', { name: 'Passages were found all the same.' })
    .getByRole('button', { name: /The deposit is 150 euros/ })
    .click();
  await page.locator('mark').getByText('150 euros').waitFor();
  await assertAccessible(page, 'what was found');
});

const QUESTION = 'How much is the deposit for a flat?';
/** For what a test waits in real time, on a machine that is busy with others. Milliseconds. */
const LONG_MS = 60_000;

interface Stage {
  readonly there: World;
  readonly chat: Chat;
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** The handbook is in the index, and nothing asked. */
async function stage(t: TestContext, settings: Parameters<typeof world>[1] = {}): Promise<Stage> {
  const there = await world(t, settings);
  await there.admin('PATCH', '/admin/journal', { bodies: true });
  const chat = await app(t, there.gateway.url);
  const form = new FormData();
  form.set('file', new File([HANDBOOK], 'handbook.md'));
  const sent = await fetch(`${chat.url}/api/documents`, { method: 'POST', body: form });
  const { job } = await sent.json();
  const ended = await chat.parts.queue.ended(job.id);
  assert.equal(ended?.progress.indexed, 1, JSON.stringify(ended));
  assert.ok(browser !== null);
  const opened = await open(t, browser, chat.url);
  opened.page.setDefaultTimeout(LONG_MS);
  return { there, chat, ...opened };
}

/** The conversation that the page shows, as the server keeps it. */
async function kept({ chat, page }: Stage) {
  const id = /#\/c\/([^/]+)$/.exec(page.url())?.[1];
  return (await fetch(`${chat.url}/api/conversations/${id}`)).json();
}

/** What the models were asked for answers and plans: the roles of each prompt, oldest first. */
async function prompts({ there }: Stage): Promise<ReadonlyArray<readonly string[]>> {
  const { requests } = await (await fetch(`${there.simulator.adminUrl}/admin/journal`)).json();
  const bodies: readonly string[] = requests
    .filter(({ path }: { path: string }) => path.endsWith('/chat/completions'))
    .map(({ body }: { body: string }) => body);
  return bodies.map((body) => JSON.parse(body).messages.map(({ role }: { role: string }) => role));
}

test('chat page: refused by every resource it counts down, asks again by itself, and shows the answer and who refused', {
  skip,
}, async (t) => {
  // A gateway that may wait would hide a refusal this short.
  const all = await stage(t, { env: { CLIENT_1_WAIT_MS_MAX: '0' } });
  const { there, page, complaints } = all;
  const refusal = { deployment: 'chat', kind: 'status', status: 429, headers: { 'retry-after-ms': '5000' } };
  for (const n of [1, 2, 3]) await there.fault(n, refusal);
  await ask(page, QUESTION);
  await page.getByText(/^Your question is sent again by itself in [1-5] s, at \d/).waitFor();
  await said(page, '150 euros').waitFor();
  assert.equal(await page.getByRole('timer').count(), 0);
  assert.equal(await page.getByRole('alert').count(), 0);
  const strip = await page.locator('.strip').innerText();
  assert.match(strip, /^openai[123]\/chat answered$/m);
  for (const n of [1, 2, 3]) assert.match(strip, new RegExp(`openai${n}/chat (was )?throttled`));
  assert.equal((await prompts(all)).length, 4, 'three refusals, and the answer');
  assert.deepEqual(complaints, []);
});

test('chat page: loaded again in the middle of an answer of the real server, it goes on, and no word is lost or said twice', {
  skip,
}, async (t) => {
  // The simulator writes a token for each step of its clock, so the answer ends when the test says so.
  const perTokenMs = 600_000;
  const all = await stage(t, { latency: { firstTokenMs: 0, perTokenMs } });
  const { there, page, complaints } = all;
  const step = () => there.admin('POST', '/admin/clock/step', { ms: perTokenMs });
  await ask(page, QUESTION);
  await said(page, /^\S+/).waitFor();
  for (let i = 0; i < 3; i++) await step();
  const first = await page.locator('.prose').innerText();
  await page.reload();
  await said(page, first).waitFor();
  await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: QUESTION }).count(), 1);
  assert.doesNotMatch(await page.locator('.prose').innerText(), /flat/);
  const copy = page.getByRole('button', { name: 'Copy the answer' });
  for (let steps = 0; steps < 1_000 && (await copy.count()) === 0; steps++) await step();
  await copy.waitFor();
  const text = await page.locator('.prose').innerText();
  const { turns, answering } = await kept(all);
  assert.equal(answering, null);
  assert.equal(turns.length, 1);
  assert.match(turns[0].answer, /^The deposit is 150 euros for a flat/);
  assert.equal(text.match(/150 euros/g)?.length, 1, text);
  assert.ok((await page.getByRole('button', { name: 'Source 1' }).count()) > 0);
  assert.deepEqual(complaints, []);
});

test('chat page: in ask mode each question goes to the model alone, in chat mode with what was said before', {
  skip,
}, async (t) => {
  const all = await stage(t);
  const { page } = all;
  const copies = page.getByRole('button', { name: 'Copy the answer' });
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await ask(page, QUESTION);
  await copies.nth(0).waitFor();
  await ask(page, 'Where are dogs welcome?');
  await copies.nth(1).waitFor();
  await page.locator('.prose').last().getByText('garden flat').waitFor();
  assert.deepEqual(await prompts(all), Array(2).fill(['system', 'user']));
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await ask(page, 'And when is the deposit paid back?');
  await copies.nth(2).waitFor();
  const after = (await prompts(all)).slice(2);
  assert.deepEqual(after, Array(2).fill(['system', 'user', 'assistant', 'user', 'assistant', 'user']));
});

test('chat page: a question is edited, then answered anew, and the server keeps every version', { skip }, async (t) => {
  const all = await stage(t);
  const { page, complaints } = all;
  await ask(page, QUESTION);
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  await page.getByRole('button', { name: 'Edit the question' }).click();
  await page.getByRole('textbox', { name: 'Edit the question' }).fill('Where are dogs welcome?');
  await page.keyboard.press('Enter');
  await said(page, 'garden flat').waitFor();
  await page.getByText('2 / 2').waitFor();
  await page.getByRole('button', { name: 'Answer anew' }).click();
  await page.getByText('3 / 3').waitFor();
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  const [first, second, third, ...others] = (await kept(all)).turns;
  assert.deepEqual(others, []);
  assert.deepEqual([first.replaces, second.replaces, third.replaces], [null, first.id, second.id]);
  assert.deepEqual([second.question, third.question], Array(2).fill('Where are dogs welcome?'));
  await page.reload();
  await page.getByText('3 / 3').waitFor();
  for (let i = 0; i < 2; i++) await page.getByRole('button', { name: 'Version before' }).click();
  await said(page, '150 euros').waitFor();
  await page.getByRole('heading', { name: QUESTION }).waitFor();
  assert.deepEqual(complaints, []);
});

/** What the browser saved. */
async function saved(page: Page, how: string): Promise<{ readonly name: string; readonly text: string }> {
  await page.getByLabel(/^Actions for/).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: how }).click();
  const download = await coming;
  let text = '';
  for await (const piece of await download.createReadStream()) text += String(piece);
  return { name: download.suggestedFilename(), text };
}

test('chat page: a conversation is saved as Markdown with its citations, and as JSON with all that was told', {
  skip,
}, async (t) => {
  const all = await stage(t);
  const { page } = all;
  await ask(page, QUESTION);
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  const markdown = await saved(page, 'Save as Markdown');
  assert.equal(markdown.name, 'conversation.md');
  assert.match(markdown.text, /^# How much is the deposit for a flat\?\n\n> How much is the deposit for a flat\?\n\n/);
  assert.match(markdown.text, /The deposit is 150 euros for a flat\.? ?\[S1\]/);
  assert.match(markdown.text, /\n- \[S1\] Guest handbook \(\S*handbook\.md\)\n/);
  const json = await saved(page, 'Save as JSON');
  assert.equal(json.name, 'conversation.json');
  assert.deepEqual(JSON.parse(json.text), await kept(all));
});

const REFUSED = [
  ['What of the deposit? simulate a content filter refusal', 'The content filter refused the question', 'nothing'],
  ['What of the deposit? simulate a filtered answer', 'The content filter stopped the answer', 'part'],
] as const;

for (const [question, sentence, written] of REFUSED) {
  test(`chat page: told by the model, "${sentence}" is a plain sentence; what was written (${written}) and found stays`, {
    skip,
  }, async (t) => {
    const { page } = await stage(t);
    await ask(page, question);
    const alert = page.getByRole('alert').filter({ hasText: 'The content filter stepped in' });
    await alert.getByText(sentence).waitFor();
    assert.equal((await alert.innerText()).includes('What was written so far is kept.'), written === 'part');
    if (written === 'part') await alert.getByRole('button', { name: 'Show what was found' }).click();
    else
      await page.getByRole('list', { name: 'Passages were found all the same.' }).getByRole('button').first().click();
    await page.getByRole('tabpanel').getByText('The deposit is 150 euros').waitFor();
    await assertAccessible(page, 'a refusal');
  });
}

test('chat page: a question beyond the context of the model is tried with less, then told plainly, with what was found', {
  skip,
}, async (t) => {
  const all = await stage(t, { models: [{ name: 'gpt-4o', contextTokens: 1_000 }] });
  const { page } = all;
  // Within what the page lets anybody type.
  await ask(page, `${QUESTION} ${'And a large one? '.repeat(400)}`);
  const alert = page.getByRole('alert').filter({ hasText: 'That is more than the model can read at once' });
  await alert.waitFor();
  assert.equal((await prompts(all)).length, 3, 'to plan, to answer, and with less once more');
  const { events } = (await kept(all)).turns[0];
  const shortened = events.filter(({ about }: Partial<StepEvent>) => about?.kind === 'shortened');
  assert.equal(shortened.length, 1);
  const found = page.getByRole('list', { name: 'Passages were found all the same.' });
  await found.getByRole('button', { name: /The deposit is 150 euros/ }).click();
  await page.locator('mark').getByText('150 euros').waitFor();
});
