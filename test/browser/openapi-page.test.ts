/** The page of the chat app's API in a real browser: nothing that axe finds, nothing that sticks out, and each link leads somewhere. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSettings, startChat } from '@spillway/chat';
import type { Browser } from 'playwright-core';
import { assertAccessible, assertFits, chromiumTool, launch, open } from './browser.ts';

const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

for (const [colorScheme, width] of [
  ['light', 1280],
  ['light', 390],
  ['dark', 1280],
  ['dark', 390],
] as const) {
  test(`API page: axe finds nothing in the ${colorScheme}, and nothing sticks out, ${width} pixels wide`, {
    skip,
  }, async (t) => {
    // No model is asked: the page is made from what the routes say of themselves.
    const read = readSettings({ AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1', SPILLWAY_CHAT_FILE: ':memory:' });
    if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
    const chat = await startChat({ settings: read.settings, version: 'test', port: 0 });
    t.after(() => chat.close());
    assert.ok(browser !== null);
    const { page, complaints } = await open(t, browser, `${chat.url}/openapi`, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    await page.getByRole('heading', { level: 1, name: /API$/ }).waitFor();
    assert.ok((await page.getByRole('article').count()) > 50);
    await assertAccessible(page, 'the API page');
    await assertFits(page, 'the API page');
    const lost = await page.evaluate(() =>
      [...document.querySelectorAll('a[href^="#"]')]
        .map((link) => link.getAttribute('href') ?? '')
        .filter((href) => document.getElementById(href.slice(1)) === null),
    );
    assert.deepEqual(lost, []);
    assert.deepEqual(complaints, []);
  });
}
