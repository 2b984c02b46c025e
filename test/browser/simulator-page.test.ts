/** The page of the simulator's admin port, in a real browser. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { type Simulator, type StartOptions, startSimulator } from '@spillway/simulator';
import type { Browser, Locator, Page } from 'playwright-core';
import { assertAccessible, assertFits, chromiumTool, launch, open } from './browser.ts';

const { skip } = chromiumTool;
const LOOK_PATH = '/admin/state';

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

interface Shown {
  readonly simulator: Simulator;
  readonly page: Page;
  readonly complaints: readonly string[];
}

type Look = Parameters<typeof open>[3];

async function shown(t: TestContext, as: Look = {}, options: StartOptions = {}): Promise<Shown> {
  const simulator = await startSimulator({ port: 0, ...options });
  t.after(() => simulator.close());
  assert.ok(browser !== null);
  return { simulator, ...(await open(t, browser, simulator.adminUrl, as)) };
}

function card(page: Page, deployment: string, resource = 'openai1'): Locator {
  return page.getByRole('article', { name: `${deployment} on ${resource}` });
}

/** Asks the deployment `chat` of the first resource. */
async function ask({ resources }: Simulator, maxTokens = 3000): Promise<number> {
  const [first] = resources;
  const path = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
  const { status } = await fetch(`${first?.url}${path}`, {
    method: 'POST',
    headers: { 'api-key': first?.key ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], max_tokens: maxTokens }),
  });
  return status;
}

async function refreshed(page: Page, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await page.waitForResponse((response) => response.url().endsWith(LOOK_PATH));
}

const UNITS = { name: 'units', model: 'gpt-4o', capacity: 50, type: 'ProvisionedManaged' } as const;
const WITH_UNITS: StartOptions = {
  resources: [{ name: 'openai1', deployments: [{ name: 'chat', model: 'gpt-4o', capacity: 30 }, UNITS] }],
};

test('page: shows the three resources and their deployments, and nothing complains', { skip }, async (t) => {
  const { page, complaints } = await shown(t);
  for (const name of ['openai1', 'openai2', 'openai3'])
    await page.getByRole('heading', { name, exact: true }).waitFor();
  assert.equal(await page.getByRole('article', { name: / on openai\d/ }).count(), 6);
  assert.match(await card(page, 'chat').innerText(), /gpt-4o 2024-11-20.*30,000.TPM/s);
  await page.getByRole('article', { name: 'Quota in East US' }).waitFor();
  await refreshed(page, 2);
  assert.deepEqual(complaints, []);
});

test('page: bars, counts and the list of requests follow what is sent', { skip }, async (t) => {
  const { page, simulator } = await shown(t);
  const tokens = card(page, 'chat').getByRole('meter', { name: 'Tokens, this minute' });
  assert.equal(await tokens.getAttribute('aria-valuenow'), '0');
  await page.getByText('None yet. Send one to').waitFor();
  assert.equal(await ask(simulator, 15_000), 200);
  await page.waitForFunction((bar) => bar?.getAttribute('aria-valuenow') === '50', await tokens.elementHandle());
  assert.match((await tokens.getAttribute('aria-valuetext')) ?? '', /^15,\d{3} of 30,000$/);
  assert.equal(await ask(simulator, 15_000), 429);
  await page.getByRole('row', { name: /openai1\/chat.*429/ }).waitFor();
  assert.match(await card(page, 'chat').innerText(), /served\s+1\s+refused\s+1/);
});

test('page: utilisation is told against a line at 100 %, now and by the minute', { skip }, async (t) => {
  // Bars grow for a moment otherwise, and would be measured on their way.
  const { page, simulator } = await shown(t, { reducedMotion: 'reduce' }, WITH_UNITS);
  const path = '/admin/resources/openai1/deployments/units/counters';
  await fetch(`${simulator.adminUrl}${path}`, { method: 'PUT', body: JSON.stringify({ utilisation: 1.25 }) });
  const units = card(page, 'units');
  await units.getByText(/1[12]\d.%/).waitFor();
  const bar = await boxOf(units.locator('.bar'));
  const mark = await boxOf(units.locator('.bar .limit'));
  const fill = await boxOf(units.locator('.bar .fill'));
  assert.ok(Math.abs(mark.x + mark.width / 2 - bar.x - bar.width / 1.5) < 2);
  assert.ok(fill.x + fill.width > mark.x, 'the fill has passed the mark');
  const columns = await boxOf(units.locator('.columns'));
  const line = await boxOf(units.locator('.brimLine'));
  assert.ok(Math.abs((columns.y + columns.height - line.y) / columns.height - 1 / 1.5) < 0.03);
  assert.match(await units.locator('.chart').innerText(), /%, last 30 minutes.*150.*100.*0.*30 min ago.*now/s);
});

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  assert.ok(box !== null);
  return box;
}

test('page: the form creates a deployment on the control plane, and shows the command that does the same', {
  skip,
}, async (t) => {
  const { page, simulator, complaints } = await shown(t);
  await page.getByRole('button', { name: 'Create deployment on openai2' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Deployment name').fill('MyModel');
  assert.match(await form.innerText(), /At least 50, in steps of 50\. 100 take 250,000 input tokens a minute/);
  const command = await form.locator('pre').innerText();
  assert.match(command, /^npx spillway deployments create \\\n {2}--name openai2 .* --deployment-name MyModel \\\n/);
  assert.match(command, /--sku-capacity 100 --sku-name ProvisionedManaged/);
  await form.getByRole('button', { name: 'Create' }).click();
  await card(page, 'MyModel', 'openai2').waitFor();
  assert.equal(await form.count(), 0);
  const made = simulator.state().resources[1]?.deployments.find(({ name }) => name === 'MyModel');
  assert.deepEqual([made?.model, made?.type, made?.capacity], ['gpt-4o', 'ProvisionedManaged', 100]);
  assert.deepEqual(complaints, []);
});

test('page: what the control plane refuses is told at the form, in its words', { skip }, async (t) => {
  const { page } = await shown(t);
  await page.getByRole('button', { name: 'Create deployment on openai1' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Provisioned throughput units').fill('37');
  assert.match(await form.innerText(), /37 would be refused/);
  await form.getByRole('button', { name: 'Create' }).click();
  const alert = form.getByRole('alert');
  await alert.getByText(/^\w+: .*\b50\b/).waitFor();
  assert.equal(await form.getByLabel('Provisioned throughput units').inputValue(), '37');
});

test('page: asks before it deletes; Escape leaves all as it was and gives the focus back', { skip }, async (t) => {
  const { page } = await shown(t);
  const chat = card(page, 'chat');
  const button = chat.getByRole('button', { name: 'Delete' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Delete chat?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
  await button.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await chat.waitFor({ state: 'detached' });
});

test('page: throttles and resets a deployment, stops and starts a resource, steers the time', { skip }, async (t) => {
  const { page, simulator } = await shown(t);
  const chat = card(page, 'chat');
  await chat.getByRole('button', { name: 'Throttle' }).click();
  await chat.getByText(/Throttled by hand for \d+.s more/).waitFor();
  assert.equal(await ask(simulator), 429);
  await chat.getByRole('button', { name: 'Reset' }).click();
  await chat.getByRole('button', { name: 'Throttle' }).waitFor();
  assert.equal(await ask(simulator), 200);
  await page.getByRole('button', { name: 'Stop openai3' }).click();
  await page.getByRole('button', { name: 'Start openai3' }).click();
  await page.getByRole('button', { name: 'Stop openai3' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  assert.equal(simulator.clock.paused, true);
});

test('page: with an admin key asks for it once, and says where it was wrong', { skip }, async (t) => {
  const { page } = await shown(t, {}, { adminKey: 'the-key' });
  const key = page.getByLabel('Admin key');
  await key.fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('is not the admin key').waitFor();
  await assertAccessible(page, 'the question for the key');
  await key.fill('the-key');
  await page.getByRole('button', { name: 'Open' }).click();
  await card(page, 'chat').waitFor();
  await page.reload();
  await card(page, 'chat').waitFor();
});

test('page: says so when the simulator is gone, and keeps what it knew', { skip }, async (t) => {
  const { page, simulator } = await shown(t);
  await card(page, 'chat').waitFor();
  await simulator.close();
  await page.getByText(/The simulator does not answer\. .* the next try is in \d+.s/).waitFor();
  await card(page, 'chat').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test(`page: axe finds nothing in the ${colorScheme}, and nothing sticks out, ${width} pixels wide`, {
      skip,
    }, async (t) => {
      const { page, simulator } = await shown(t, { colorScheme, viewport: { width, height: 800 } }, WITH_UNITS);
      const fault = { kind: 'delay', delayMs: 1, deployment: 'units', times: null };
      await fetch(`${simulator.adminUrl}/admin/faults`, { method: 'POST', body: JSON.stringify(fault) });
      for (let i = 0; i < 2; i++) await ask(simulator, 15_000);
      await page.getByRole('button', { name: /Remove fault/ }).waitFor();
      await page.getByRole('row', { name: /429/ }).waitFor();
      await assertAccessible(page, 'the page');
      await assertFits(page, 'the page');
      await page.getByRole('button', { name: 'Create deployment on openai1' }).click();
      await page.getByRole('dialog').waitFor();
      await assertAccessible(page, 'the form');
      await assertFits(page, 'the form');
      const [red = 0] = await page.evaluate(
        () => getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [],
      );
      assert.equal(red < 100, colorScheme === 'dark');
    });
  }
}

test('page: nothing moves when it is read anew, traffic or not', { skip }, async (t) => {
  const { page, simulator } = await shown(t, {}, WITH_UNITS);
  await card(page, 'units').waitFor();
  await page.getByRole('article', { name: 'Quota in East US' }).waitFor();
  // A first request replaces the sentence that there is none; below it nothing stands.
  await ask(simulator, 100);
  await page.getByRole('row', { name: /200/ }).waitFor();
  const shift = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        let looks = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += Number(Reflect.get(entry, 'value'));
        }).observe({ type: 'layout-shift' });
        new PerformanceObserver((list) => {
          looks += list.getEntries().filter(({ name }) => name.endsWith('/admin/state')).length;
          if (looks >= 3) resolve(sum);
        }).observe({ type: 'resource' });
      }),
  );
  for (let i = 0; i < 4; i++) await ask(simulator, 9000);
  // Numbers grow to the left by a digit; a card or a line that moved would count a hundred times as much.
  assert.ok((await shift) < 0.001, `${await shift}`);
});

test('page: nothing glides for those who want no motion', { skip }, async (t) => {
  const { page } = await shown(t, { reducedMotion: 'reduce' });
  const fill = card(page, 'chat').locator('.fill').first();
  await fill.waitFor({ state: 'attached' });
  assert.equal(await fill.evaluate((element) => getComputedStyle(element).transitionDuration), '0s');
});

test('page: of a resource with very many deployments it shows 24, and finds others by name', { skip }, async (t) => {
  const deployments = Array.from({ length: 40 }, (_, n) => ({ name: `chat${n}`, model: 'gpt-4o', capacity: 1 }));
  const { page } = await shown(t, {}, { resources: [{ name: 'openai1', deployments }] });
  await card(page, 'chat1').waitFor();
  assert.equal(await page.getByRole('article', { name: / on openai1/ }).count(), 24);
  await page.getByText('24 of 40 deployments are shown').waitFor();
  await page.getByLabel('Show deployments named').fill('chat39');
  await card(page, 'chat39').waitFor();
  assert.equal(await page.getByRole('article', { name: / on openai1/ }).count(), 1);
});
