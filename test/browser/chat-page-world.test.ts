/** The page of the chat app on the real thing: its server, the gateway and the simulator; nothing here is played. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSettings, startChat } from '@spillway/chat';
import type { Browser } from 'playwright-core';
import { CLIENT_KEY, world } from '../world.ts';
import { assertAccessible, chromiumTool, launch, open } from './browser.ts';

const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

const HANDBOOK = Buffer.from(
  '# Guest handbook\n\n## Deposit\n\nThe deposit is 150 euros for a flat. It is paid back within 14 days.\n\n## Pets\n\nDogs are welcome in the garden flat.\n',
);

test('chat page: a file is uploaded, asked about, cited with its passage, found again after a reload, and deleted', {
  skip,
}, async (t) => {
  const { gateway } = await world(t);
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => chat.close());
  assert.ok(browser !== null);
  const { page, complaints } = await open(t, browser, `${chat.url}/#/documents`);
  await page
    .getByLabel('Choose files')
    .setInputFiles({ name: 'handbook.md', mimeType: 'text/markdown', buffer: HANDBOOK });
  await page.getByText('Ready', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Guest handbook', exact: true }).waitFor();
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
