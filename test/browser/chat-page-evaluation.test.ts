/** The evaluation page of the chat app on the real thing: server, gateway and simulator; runs of other days are put on its shelf. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type Chat, readSettings, startChat } from '@spillway/chat';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Outcome, Result } from '../../apps/chat/src/eval/result.ts';
import { NO_SCORE, outcomeWith, resultWith } from '../../apps/chat/src/eval/testing.ts';
import { CLIENT_KEY, type World, world } from '../world.ts';
import { assertAccessible, assertFits, chromiumTool, launch, open } from './browser.ts';

const { skip } = chromiumTool;

let browser: Browser | null = null;
before(async () => {
  if (skip === false) browser = await launch();
});
after(() => browser?.close());

const HANDBOOK =
  '# Guest handbook\n\n## Deposit\n\nThe deposit is 150 euros for a flat. It is paid back within 14 days.\n';
const GOLD = 'gold: [{ file: handbook.md, passage: "The deposit is 150 euros for a flat." }]';
/** The second one cannot come out right: the number is not in the documents. */
const QUESTIONS = `plain:
  - { id: deposit, question: How much is the deposit for a flat?, ${GOLD}, numbers: ["150"] }
numbers:
  - { id: disliked-1, question: How high is the deposit of a flat?, ${GOLD}, numbers: ["900"] }
`;
/** For what a test waits in real time, on a machine that is busy with others. Milliseconds. */
const LONG_MS = 30_000;
const PHONE = { width: 390, height: 844 };
const DAY_MS = 86_400_000;

interface Stage {
  readonly there: World;
  readonly chat: Chat;
  readonly folder: string;
}

async function stage(t: TestContext, settings: Parameters<typeof world>[1] = {}, env = {}): Promise<Stage> {
  const there = await world(t, settings);
  const root = mkdtempSync(join(tmpdir(), 'spillway-evaluation-page-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'questions.yaml'), QUESTIONS);
  const folder = join(root, 'runs');
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: there.gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_FILE: ':memory:',
    SPILLWAY_CHAT_TITLE: 'Aster Lane',
    SPILLWAY_CHAT_EVALUATIONS: folder,
    SPILLWAY_CHAT_EVALUATION_QUESTIONS: join(root, 'questions.yaml'),
    ...env,
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const chat = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => chat.close());
  return { there, chat, folder };
}

/** As an operator does it from a folder: an upload would lie below its owner's name. */
async function indexed({ chat: { parts } }: Stage): Promise<void> {
  const bytes = new TextEncoder().encode(HANDBOOK);
  const load = async () => ({ kind: 'bytes', bytes }) as const;
  const source = { path: 'handbook.md', category: null, access: null, owner: null, load };
  const taken = parts.queue.add({ kind: 'files', sources: [source], bytes: bytes.length });
  const ended = taken.kind === 'taken' ? await parts.queue.ended(taken.id) : null;
  assert.equal(ended?.progress.indexed, 1, JSON.stringify(ended));
}

async function evaluationPage(t: TestContext, { chat }: Stage, as: BrowserContextOptions = {}) {
  assert.ok(browser !== null);
  const opened = await open(t, browser, `${chat.url}/#/evaluation`, as);
  opened.page.setDefaultTimeout(LONG_MS);
  await opened.page.getByRole('heading', { level: 1 }).waitFor();
  return opened;
}

/** A run of some day, of which so many of ten questions are right. */
function resultOf(day: number, right: number): Result {
  const outcomes: readonly Outcome[] = Array.from({ length: 10 }, (_, i) => {
    const share = i < right ? 1 : 0;
    return outcomeWith({
      id: `plain-${i}`,
      kind: i % 2 === 0 ? 'plain' : 'follow-up',
      question: `When may guests of flat ${i + 1} arrive?`,
      answer: i < right ? 'From three in the afternoon.' : 'I don’t know.',
      score: { ...NO_SCORE, hit5: share, mrr: share / 2, precision: share, recall: share, numbers: share },
      totalMs: 900 + 40 * i,
    });
  });
  const startedMs = Date.UTC(2026, 10, 1) + day * DAY_MS;
  return { ...resultWith(...outcomes), model: 'chat', asked: 'this app', startedMs, floors: { hit5: 0.75 } };
}

async function shelved({ chat }: Stage, rights: readonly number[]): Promise<void> {
  for (const [day, right] of rights.entries()) await chat.parts.evaluations.shelf.keep(resultOf(day, right));
}

test('evaluation page: without a run it says how to make one, makes it over what is indexed, and shows what went wrong', {
  skip,
}, async (t) => {
  const all = await stage(t);
  await indexed(all);
  const { page, complaints } = await evaluationPage(t, all);
  await page.getByText('npx spillway chat eval').waitFor();
  await page.getByText('Questions: 2.').waitFor();
  await assertAccessible(page, 'no run yet');
  await page.getByRole('button', { name: 'Start a run' }).click();
  await page.getByText('The run is over and listed.').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'this app' });
  await row.getByText('1 of 2').waitFor();
  await row.getByText('From disliked answers: 1').waitFor();
  await row.getByRole('link').click();
  await page
    .getByRole('row', { name: /^Numbers right/ })
    .getByRole('cell', { name: '0.500' })
    .waitFor();
  await page.getByText('How high is the deposit of a flat?').click();
  const facts = page.locator('.outcome[open]');
  await facts.getByRole('blockquote').getByText('The deposit is 150 euros for a flat.').waitFor();
  await facts.locator('.said').getByText('150 euros').waitFor();
  assert.equal(
    await facts.getByRole('link', { name: 'handbook.md' }).first().getAttribute('href'),
    '/content/handbook.md',
  );
  assert.equal(await page.getByText('How much is the deposit for a flat?').count(), 0, 'what is right is not listed');
  await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'All (2)' });
  await page.getByText('How much is the deposit for a flat?').waitFor();
  await assertAccessible(page, 'a run');
  await page.getByRole('button', { name: 'Delete this run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('npx spillway chat eval').waitFor();
  assert.deepEqual((await all.chat.parts.evaluations.shelf.list()).runs, []);
  assert.deepEqual(complaints, []);
});

test('evaluation page: a run tells how far it is, survives a reload of the page, and is stopped', {
  skip,
}, async (t) => {
  // The simulator writes a token for each step of its clock: no answer ends here.
  const all = await stage(t, { latency: { firstTokenMs: 0, perTokenMs: 600_000 } });
  await indexed(all);
  const { page } = await evaluationPage(t, all);
  await page.getByRole('button', { name: 'Start a run' }).click();
  await page.getByRole('progressbar', { name: '0 of 2 questions' }).waitFor();
  await page.reload();
  await page.getByRole('progressbar', { name: '0 of 2 questions' }).waitFor();
  await assertAccessible(page, 'a run under way');
  await page.getByRole('button', { name: 'Stop the run' }).click();
  await page.getByText('The run was stopped; nothing of it is kept.').waitFor();
  await page.getByRole('button', { name: 'Start a run' }).waitFor();
  assert.equal(all.chat.parts.evaluations.running, null);
});

test('evaluation page: questions about documents that are not there are not asked, and it says why', {
  skip,
}, async (t) => {
  const { page } = await evaluationPage(t, await stage(t));
  await page.getByRole('button', { name: 'Start a run' }).click();
  await page
    .getByText(/None of the documents that the questions rest on is indexed \("handbook\.md" for one\)/)
    .waitFor();
});

const LOOKS: ReadonlyArray<readonly [name: string, as: BrowserContextOptions]> = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['a phone', { viewport: PHONE, hasTouch: true, isMobile: true, colorScheme: 'light' }],
  ['a phone, dark', { viewport: PHONE, hasTouch: true, isMobile: true, colorScheme: 'dark' }],
  ['German', { locale: 'de-DE', viewport: PHONE }],
  ['Korean', { locale: 'ko-KR' }],
];
for (const [name, as] of LOOKS) {
  test(`evaluation page: runs, one of them, and what changed can be read: ${name}`, { skip }, async (t) => {
    const all = await stage(t);
    await shelved(all, [6, 7, 9, 8, 7]);
    const { page, complaints } = await evaluationPage(t, all, as);
    await page.getByRole('table').waitFor();
    assert.equal(await page.locator('svg[role=img]').count(), 5, 'a drawing for each figure that was measured');
    assert.equal(await page.locator('td.missed').count(), 3, 'three runs missed their floor');
    await looked(page, `${name}: runs`);
    const boxes = page.getByRole('checkbox');
    await boxes.nth(0).check();
    await boxes.nth(2).check();
    await page.locator('.sectionHead button').click();
    await page
      .getByRole('cell', { name: /▼ 0[.,]200/ })
      .first()
      .waitFor();
    assert.equal(await page.locator('.outcome').count(), 2, 'two questions went from right to wrong');
    await page.locator('.outcome summary').first().click();
    await page.locator('.outcome[open] .said').first().waitFor();
    await looked(page, `${name}: what changed`);
    await page.goBack();
    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.locator('.outcome summary').first().click();
    assert.equal(await page.locator('.outcome').count(), 3);
    await looked(page, `${name}: one run`);
    assert.deepEqual(complaints, []);
  });
}

let looks = 0;
async function looked(page: Page, what: string): Promise<void> {
  await assertAccessible(page, what);
  await assertFits(page, what);
  looks++;
  const folder = process.env.SPILLWAY_SHOTS;
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `${looks}-${what.replace(/\W+/g, '-')}.png`), fullPage: true });
}

test('evaluation page: with the keyboard alone two runs are compared', { skip }, async (t) => {
  const all = await stage(t);
  await shelved(all, [6, 9]);
  const { page } = await evaluationPage(t, all);
  await page.getByRole('checkbox').nth(0).focus();
  await page.keyboard.press('Space');
  for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Compare two' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What changed' }).waitFor();
  await page.getByText('Now right: 3').waitFor();
  assert.match(page.url(), /#\/evaluation\/[^/]+\/[^/]+$/);
});

test('evaluation page: whoever is no admin neither finds it nor sees it', { skip }, async (t) => {
  const all = await stage(t, {}, { SPILLWAY_CHAT_AUTH: 'proxy', SPILLWAY_CHAT_ADMINS: 'ann' });
  await shelved(all, [6, 9]);
  assert.ok(browser !== null);
  const as = { extraHTTPHeaders: { 'x-forwarded-user': 'bob' } };
  const { page } = await open(t, browser, `${all.chat.url}/#/evaluation`, as);
  await page.getByText('Evaluations are for admins.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Evaluation' }).count(), 0);
});
