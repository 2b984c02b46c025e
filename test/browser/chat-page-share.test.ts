/** The page of the chat app where more than one looks at it: conversations that are shared, a second tab, the titles of tabs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEFORE, FIRST, PASSAGE, type Part, written } from '../../apps/chat/src/page/testing/script.ts';
import { assertAccessible, assertFits } from './browser.ts';
import { ask, asked, gate, QUESTION, said, shown, skip } from './chat-page.ts';

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 390],
] as const) {
  test(`chat page: a conversation is shared by a link, read by it, and taken back, in the ${colorScheme}, ${width} pixels wide`, {
    skip,
  }, async (t) => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    const as = { colorScheme, permissions, viewport: { width, height: 800 } };
    const { page, url, chat, complaints } = await asked(t, {}, as);
    const dialog = page.getByRole('dialog', { name: 'Share this conversation' });
    const openDialog = async (): Promise<void> => {
      if (width === 390) await page.getByRole('button', { name: 'Conversations' }).click();
      await page.getByLabel(`Actions for ${QUESTION}`).click();
      await page.getByRole('button', { name: 'Share' }).click();
      await dialog.waitFor();
    };
    await openDialog();
    assert.equal(await dialog.getByRole('textbox').count(), 0);
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${url}shared/link-of-c1`);
    assert.equal(await dialog.getByRole('textbox', { name: 'Link' }).inputValue(), link);
    await assertAccessible(page, 'the dialog');
    await assertFits(page, 'the dialog');
    // The dialog, and on a phone the list that it was opened from.
    for (const _ of width === 390 ? ['dialog', 'list'] : ['dialog']) await page.keyboard.press('Escape');

    const other = await page.context().newPage();
    await other.goto(link);
    await other.getByRole('heading', { name: QUESTION, level: 1 }).waitFor();
    assert.equal(await other.title(), `${QUESTION} – Aster Lane documents`);
    await said(other, '100 euros').waitFor();
    const quotes = other.getByRole('list', { name: 'Cited sources' });
    assert.match(await quotes.innerText(), new RegExp(`Guest handbook\\s+page 3\\s+${PASSAGE}`));
    assert.match(await quotes.innerText(), /Price list for staff\s+You may not read this document\./);
    await other.getByRole('button', { name: 'Source 1' }).click();
    assert.match(await other.evaluate(() => document.activeElement?.textContent ?? ''), /Guest handbook/);
    assert.equal(await other.getByRole('textbox').count(), 0);
    await assertAccessible(other, 'what is shared');
    await assertFits(other, 'what is shared');

    await openDialog();
    await dialog.getByRole('button', { name: 'Share it as it is now' }).click();
    await dialog.getByText('Everything up to now can be read by the link.').waitFor();
    await dialog.getByRole('button', { name: 'Take the link back' }).click();
    await page.getByText('The link does not work any more.').waitFor();
    assert.deepEqual([...chat.links], []);
    await other.reload();
    await other.getByRole('alert').getByText('This link does not work.').waitFor();
    await other.getByRole('link', { name: 'Ask a question of your own' }).click();
    await other.getByRole('textbox', { name: 'Your question' }).waitFor();
    // The browser itself tells of the 404.
    assert.deepEqual(
      complaints.filter((text) => !text.includes('404')),
      [],
    );
  });
}

test('chat page: a link that somebody took back elsewhere is taken back all the same', { skip }, async (t) => {
  const { page, chat } = await asked(t);
  await page.getByLabel(`Actions for ${QUESTION}`).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  await page.getByRole('textbox', { name: 'Link' }).waitFor();
  chat.links.clear();
  await page.getByRole('button', { name: 'Take the link back' }).click();
  await page.getByText('The link does not work any more.').waitFor();
});

test('chat page: a link that can not be made says so where somebody looks', { skip }, async (t) => {
  const { page, chat } = await asked(t);
  await page.getByLabel(`Actions for ${QUESTION}`).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Make a link' }).waitFor();
  chat.close();
  await page.getByRole('button', { name: 'Make a link' }).click();
  await page.getByRole('dialog').getByRole('alert').getByText('The server does not answer.').waitFor();
});

test('chat page: another tab shows question and answer so far of what is being written, and its end', {
  skip,
}, async (t) => {
  const rest = gate();
  const script = (): readonly Part[] => [...BEFORE, ...written(FIRST), rest.part, ...written(' And more.')];
  const { page } = await shown(t, { script });
  await ask(page);
  await said(page, 'within 14 days').waitFor();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('heading', { name: QUESTION, exact: true }).waitFor();
  await said(other, 'within 14 days').waitFor();
  rest.open();
  for (const each of [page, other]) await said(each, 'And more.').waitFor();
  assert.equal(await other.getByRole('article', { name: 'Answer' }).count(), 1);
});

test('chat page: the title of the tab is the conversation, then whose page it is', { skip }, async (t) => {
  const { page } = await shown(t, { config: { title: 'Papers of Aster Lane' } });
  const titled = (want: string) => page.waitForFunction((title) => document.title === title, want);
  await titled('Papers of Aster Lane');
  await ask(page);
  await titled(`${QUESTION} – Papers of Aster Lane`);
  await page.getByLabel(`Actions for ${QUESTION}`).click();
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'New title' }).fill('Money back');
  await page.keyboard.press('Enter');
  await titled('Money back – Papers of Aster Lane');
  await page.getByLabel('Actions for Money back').click();
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'New title' }).fill('m'.repeat(81));
  await page.keyboard.press('Enter');
  await titled(`${'m'.repeat(80)} – Papers of Aster Lane`);
  await page.getByRole('link', { name: 'Documents', exact: true }).click();
  await titled('Documents – Papers of Aster Lane');
  await page.getByRole('button', { name: 'New chat' }).click();
  await titled('Papers of Aster Lane');
});
