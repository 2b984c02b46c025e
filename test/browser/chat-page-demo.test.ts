/** The chat page of `spillway demo`, as a visitor finds it: two of three resources refuse, and the page says who answered. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { assertAccessible, chromiumTool, launch, open } from './browser.ts';
import { ask } from './chat-page.ts';

const { skip } = chromiumTool;
/** The demo plays its load in real time before it leaves the stage to the visitor. Milliseconds. */
const DEMO_MS_MAX = 300_000;
/** For something on the page, while the demo's own users are busy. Milliseconds. */
const WAIT_MS_MAX = 60_000;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

test("chat page: the demo's shows which deployments are throttled, until when, and that the third one answered", {
  skip,
  timeout: DEMO_MS_MAX,
}, async (t) => {
  const demo = new Command(['demo', '--json', '--port', '0']);
  t.after(async () => {
    demo.kill('SIGKILL');
    await demo.ended;
  });
  const [, url = ''] = await demo.sees(/^ +"chat": "(http:\/\/127\.0\.0\.1:\d+)"/m);
  assert.ok(browser !== null);
  const { page, complaints } = await open(t, browser, url);
  page.setDefaultTimeout(WAIT_MS_MAX);
  await page.getByRole('heading', { name: 'Aster Lane Stays' }).waitFor();
  await ask(page, 'What does a dog cost for each night?');
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  const strip = page.locator('.strip');
  const told = await strip.innerText();
  assert.match(told, /^openai3\/answers answered$/m);
  for (const name of ['openai1', 'openai2'])
    assert.match(told, new RegExp(`^${name}/answers throttled until \\d`, 'm'));
  await strip.click();
  const list = page.getByRole('tabpanel').getByRole('list', { name: 'Deployments' }).last();
  assert.match(await list.innerText(), /openai3\/answers\s+answered/);
  assert.match(await page.getByRole('tabpanel').innerText(), /openai1\/answers\s+throttled until \d/);
  await assertAccessible(page, 'the panel');
  assert.deepEqual(complaints, []);
  demo.kill('SIGTERM');
  assert.equal((await demo.ended).code, 0);
});
