/** The page of the chat app, opened in a real browser against a server that answers by a script. */
import assert from 'node:assert/strict';
import { after, before, type TestContext } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { FakeChat, type FakeOptions } from '../../apps/chat/src/page/testing/fake-chat.ts';
import type { Part } from '../../apps/chat/src/page/testing/script.ts';
import { chromiumTool, launch, open } from './browser.ts';

export const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

export interface Shown {
  readonly chat: FakeChat;
  readonly page: Page;
  readonly url: string;
  readonly complaints: readonly string[];
}

export type Look = Parameters<typeof open>[3];

export async function shown(t: TestContext, options: FakeOptions = {}, as: Look = {}): Promise<Shown> {
  const chat = new FakeChat(options);
  const url = await chat.start();
  t.after(() => chat.close());
  assert.ok(browser !== null);
  return { chat, url, ...(await open(t, browser, url, as)) };
}

export const QUESTION = 'How much is the deposit?';

export async function ask(page: Page, question = QUESTION): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.keyboard.press('Enter');
}

export async function asked(t: TestContext, options: FakeOptions = {}, as: Look = {}): Promise<Shown> {
  const all = await shown(t, options, as);
  await ask(all.page);
  await all.page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  return all;
}

/** Within an answer: what is read aloud to those who do not see it says the same again. */
export function said(page: Page, text: string | RegExp): Locator {
  return page.locator('.prose').getByText(text);
}

/** Opened by the test. */
export function gate(): { readonly part: Part; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { part: { type: 'gate', open: promise }, open: resolve };
}
