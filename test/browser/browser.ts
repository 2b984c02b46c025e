/** A real Chromium for tests of pages, and what must hold of every page: nothing on the console, nothing that axe finds. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { tool } from '../tool.ts';

export const chromiumTool = tool('chromium');

/** It asks nobody anything that the page does not ask. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Longest wait for something on a page. Milliseconds. */
const WAIT_MS_MAX = 10_000;

/** With a profile of its own, which is removed when it is closed. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumTool.path ?? '', args: ARGS });
}

export interface Opened {
  readonly page: Page;
  /** What the console was told: errors and warnings, also those of the content security policy. */
  readonly complaints: readonly string[];
}

/** Closed with the test. */
export async function open(
  t: TestContext,
  browser: Browser,
  url: string,
  as: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext(as);
  t.after(() => context.close());
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

/** Evaluated from outside, which no policy of the page hinders. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<string>(
    'axe.run(document).then(({ violations }) => JSON.stringify(violations.map(({ id, help, nodes }) => [id, help, nodes.map((node) => node.html)])))',
  );
  assert.deepEqual(JSON.parse(found), [], what);
}

/** Nothing is wider than the window. */
export async function assertFits(page: Page, what: string): Promise<void> {
  const { wide, window } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= window, `${what}: ${wide} pixels in a window of ${window}`);
}
