/** What Markdown becomes on the page of the chat app: while it is written, in light and dark, for who copies it and who uses keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEFORE, type Part, step, written } from '../../apps/chat/src/page/testing/script.ts';
import { assertAccessible, assertFits } from './browser.ts';
import { ask, asked, gate, shown, skip } from './chat-page.ts';

const INTRO = 'Booking takes **three steps**, see [the form](https://stays.example/form?a=1).';
const REST = `

## In short

1. Choose a flat
   - garden, *with* dog
   - sea view, ~~no~~ children welcome
2. Pay the deposit
   1. by card
   2. by transfer, to \`DE00 1234\`
3. Tell us when you come

| Flat | Beds | Euros a night, cleaning and linen included |
| :--- | :---: | ---: |
| Garden | 2 | 95 |
| Sea view | 4 | 140 |

> Arrival is from 3 pm.
> - Earlier on request.

\`\`\`sh
curl https://stays.example/api/flats \\
  --header 'accept: application/json' # <b>all</b> of them
\`\`\`

- [x] towels
- [ ] bicycles<br>(ask for them)

---

Last line  
broken. ![a map](https://stays.example/map.png)
`;
const CITED = INTRO.indexOf('**,');

const whole = (): readonly Part[] => [
  ...BEFORE,
  ...written(INTRO),
  { type: 'citation', label: 'S2', at: CITED + 2 },
  ...written(REST),
  { type: 'check', unsupported: [{ start: INTRO.length + REST.indexOf('Last'), end: INTRO.length + REST.length }] },
];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`chat page: an answer with all that Markdown has is drawn, ${colorScheme}`, { skip }, async (t) => {
    const { page, complaints } = await asked(
      t,
      { script: whole },
      { colorScheme, viewport: { width: 1_280, height: 1_300 } },
    );
    const prose = page.locator('.prose');
    assert.deepEqual(await prose.locator('h3').allInnerTexts(), ['In short']);
    assert.equal(await prose.locator('ol > li > ul > li').count(), 2);
    assert.equal(await prose.locator('ol > li > ol > li').count(), 2);
    assert.deepEqual(await prose.locator('tr').nth(2).locator('td').allInnerTexts(), ['Sea view', '4', '140']);
    assert.equal(await prose.getByRole('group', { name: 'Table' }).locator('th[align=right]').count(), 1);
    const aligned = prose.locator('tr').nth(1).locator('td');
    assert.deepEqual(await aligned.evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).textAlign)), [
      'left',
      'center',
      'right',
    ]);
    assert.equal(await prose.locator('blockquote li').innerText(), 'Earlier on request.');
    assert.deepEqual(await prose.locator('li:has-text("☑"), li:has-text("☐")').allInnerTexts(), [
      '☑ towels',
      '☐ bicycles\n(ask for them)',
    ]);
    assert.match(await prose.locator('.doubted').first().innerText(), /^Last line/);
    assert.equal(await prose.locator('img').count(), 0);
    const link = prose.getByRole('link', { name: 'the form' });
    assert.deepEqual(
      await link.evaluate((a) => ['href', 'rel', 'target', 'title'].map((name) => a.getAttribute(name))),
      ['https://stays.example/form?a=1', 'noopener noreferrer nofollow', '_blank', 'https://stays.example/form?a=1'],
    );
    if (process.env.SCREENSHOTS !== undefined)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/markdown-${colorScheme}.png`, fullPage: true });
    await assertFits(page, colorScheme);
    await assertAccessible(page, colorScheme);
    await prose.locator('.cite').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Passage', selected: true }).waitFor();
    assert.deepEqual(complaints, []);
  });
}

test('chat page: code is copied as it was written', { skip }, async (t) => {
  const { page } = await asked(t, { script: whole });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.locator('.prose pre').hover();
  await page.locator('.prose .copy').click();
  await page.locator('.prose .copy').getByText('Copied').waitFor();
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    "curl https://stays.example/api/flats \\\n  --header 'accept: application/json' # <b>all</b> of them",
  );
});

test('chat page: what stands is not drawn again while more is written', { skip }, async (t) => {
  const more = gate();
  const script = (): readonly Part[] => [
    ...BEFORE,
    ...written(`${INTRO}\n\n- a\n`),
    more.part,
    ...written('- b\n\nEnd.'),
  ];
  const { page } = await shown(t, { script });
  await ask(page);
  await page.locator('.prose li').waitFor();
  await page.evaluate(() => {
    for (const each of document.querySelectorAll('.prose p, .prose ul, .prose li')) each.classList.add('before');
  });
  more.open();
  await page.locator('.prose').getByText('End.').waitFor();
  assert.deepEqual(
    await page.locator('.prose :is(p, ul, li)').evaluateAll((all) => all.map(({ className }) => className)),
    ['before', 'before', 'before', '', ''],
  );
});

const PARAMETERS = { model: 'chat', temperature: 0, tokensMax: 200, reasoningEffort: null, seed: null };
const MESSAGES = [{ role: 'user', content: 'Which of these passages answers best?', cut: 0 }] as const;
const ORDER: readonly Part[] = [
  ...BEFORE,
  step(
    { title: 'Prompt for the order of the passages', text: 'Model chat', ms: 0 },
    { kind: 'prompt', call: 'rerank', messages: MESSAGES, leftOut: 0, parameters: PARAMETERS },
  ),
  step({ title: 'Reranking', text: '2 passages.', ms: 210 }, { kind: 'rerank', passages: 2, failed: null }),
  step({ title: 'Reranking', text: '2 passages.', ms: 8_000 }, { kind: 'rerank', passages: 2, failed: 'timeout' }),
  ...written('Yes.'),
];

test('chat page: the order that a model gave the passages is a step, and can be left out for the next questions', {
  skip,
}, async (t) => {
  const { page, chat } = await asked(t, { script: () => ORDER });
  await page.getByRole('button', { name: 'How this was answered' }).click();
  await page.getByRole('tab', { name: 'Steps' }).click();
  const told = await page.getByRole('tabpanel').innerText();
  assert.match(told, /Prompt for the order of the passages/);
  assert.match(told, /Ordering the passages\s+210 ms\s+Passages: 2\s+The passages were put in order/);
  assert.match(told, /Ordering the passages\s+8 sec\s+Passages: 2\s+The passages could not be put in order/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Order what was found by how well it answers').uncheck();
  await page.getByRole('button', { name: 'Done' }).click();
  await ask(page, 'And dogs?');
  await page.getByRole('button', { name: 'Copy the answer' }).nth(1).waitFor();
  assert.deepEqual(
    chat.asked.map(({ overrides }) => overrides),
    [{}, { rerank: false }],
  );
});
