/** The page of the chat app, around the conversation: documents, settings, languages, voice, the door, and how it looks. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { BEFORE, FIRST, type Part, written } from '../../apps/chat/src/page/testing/script.ts';
import { assertAccessible, assertFits } from './browser.ts';
import { ask, asked, gate, QUESTION, said, shown, skip } from './chat-page.ts';

const DOCUMENTS = '#/documents';

test('chat page: a file goes up, is read, and is ready; one that is too large is not even sent', {
  skip,
}, async (t) => {
  const { page, chat, complaints } = await shown(t);
  await page.goto(`${page.url()}${DOCUMENTS}`);
  const mimeType = 'text/plain';
  await page.getByLabel('Choose files').setInputFiles([
    { name: 'rules.txt', mimeType, buffer: Buffer.from('No parties.') },
    { name: 'large.txt', mimeType, buffer: Buffer.alloc(1_000_001) },
  ]);
  const list = page.getByRole('list', { name: 'Add documents' });
  await list.getByText('Waiting').waitFor();
  await list.getByText('Larger than 1 MB, the most that is taken.').waitFor();
  assert.equal(chat.jobs.length, 1);
  const [job] = chat.jobs;
  assert.ok(job !== undefined);
  job.state = 'running';
  await list.getByText('Reading').waitFor();
  const busy = list.getByText('The model that searches by meaning is busy or does not answer.');
  job.retryAtMs = Date.UTC(2026, 10, 21, 12, 0, 7);
  await busy.waitFor();
  assert.match(await busy.innerText(), /again by itself at \d\d:00:07/);
  job.retryAtMs = null;
  await busy.waitFor({ state: 'detached' });
  job.state = 'done';
  await list.getByText('Ready').waitFor();
  await page.getByRole('button', { name: 'Clear the list' }).click();
  await list.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('chat page: a file goes up for everybody, for groups, or for oneself alone', { skip }, async (t) => {
  const { page, chat } = await shown(t, { me: { user: 'ada', isAdmin: false, auth: 'proxy' } });
  await page.goto(`${page.url()}${DOCUMENTS}`);
  const list = page.getByRole('list', { name: 'Add documents' });
  const send = async (name: string) => {
    await page.getByLabel('Choose files').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('x') });
    await list.getByRole('listitem').filter({ hasText: name }).getByText('Waiting').waitFor();
  };
  const groups = page.getByLabel('Only for these groups');
  await send('a.txt');
  await groups.fill('staff');
  await send('b.txt');
  await page.getByLabel('Only for me').check();
  assert.equal(await groups.isDisabled(), true);
  await send('c.txt');
  assert.deepEqual(chat.uploads, [{}, { groups: 'staff' }, { users: 'ada' }]);
  chat.documents = chat.documents.map((row) => ({ ...row, access: { users: ['ada'], groups: [] } }));
  await page.reload();
  const seen = page.getByRole('region', { name: 'Documents', exact: true }).getByText('Only for me');
  await seen.first().waitFor();
  assert.equal(await seen.count(), 2);
});

test('chat page: a visitor without a name uploads for nobody else, and is told so; who is alone is not asked', {
  skip,
}, async (t) => {
  const visitor = await shown(t, { me: { user: 'visitor-1', isAdmin: false, auth: 'none' } });
  await visitor.page.goto(`${visitor.page.url()}${DOCUMENTS}`);
  const mine = visitor.page.getByLabel('Only for me');
  await mine.waitFor();
  assert.deepEqual([await mine.isChecked(), await mine.isDisabled()], [true, true]);
  assert.equal(await visitor.page.getByLabel('Only for these groups').count(), 0);
  const { page } = await shown(t);
  await page.goto(`${page.url()}${DOCUMENTS}`);
  await page.getByRole('combobox', { name: 'Collection' }).first().waitFor();
  assert.equal(await page.getByLabel('Only for me').count(), 0);
});

test('chat page: what was measured of the search is told to admins, in the settings', { skip }, async (t) => {
  const why = 'Searched by words: no embedding deployment was found.';
  const reader = await shown(t, { me: { user: 'ada', isAdmin: false, auth: 'proxy' } });
  for (const [page, count] of [
    [reader.page, 0],
    [(await shown(t)).page, 1],
  ] as const) {
    await page.getByText('Words are searched.').waitFor();
    assert.equal(await page.getByText(why).count(), 0);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Search by').waitFor();
    assert.equal(await page.getByText(why).count(), count);
  }
});

test('chat page: of very many files the first 50 are taken, and it says so', { skip }, async (t) => {
  const { page } = await shown(t);
  await page.goto(`${page.url()}${DOCUMENTS}`);
  const files = Array.from({ length: 51 }, (_, i) => ({
    name: `${i}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from('x'),
  }));
  await page.getByLabel('Choose files').setInputFiles(files);
  await page.getByText('Only the first 50 files are taken').waitFor();
  assert.equal(await page.getByRole('list', { name: 'Add documents' }).getByRole('listitem').count(), 50);
});

test('chat page: a file that can not be read says why', { skip }, async (t) => {
  const { page, chat } = await shown(t);
  await page.goto(`${page.url()}${DOCUMENTS}`);
  await page
    .getByLabel('Choose files')
    .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
  const list = page.getByRole('list', { name: 'Add documents' });
  await list.getByText('Waiting').waitFor();
  const last = { kind: 'failed', path: 'a.pdf', reason: 'a.pdf has no text; it may be a scan.' };
  Object.assign(chat.jobs[0] ?? {}, { state: 'done', last });
  await list.getByText('a.pdf has no text; it may be a scan.').waitFor();
});

test('chat page: documents are listed with who may see them, looked into passage by passage, indexed anew, and deleted', {
  skip,
}, async (t) => {
  const { page, chat } = await shown(t);
  await page.getByRole('link', { name: 'Documents', exact: true }).click();
  const list = page.getByRole('region', { name: 'Documents', exact: true });
  await list.getByRole('link', { name: 'Guest handbook', exact: true }).waitFor();
  assert.match(
    await list.innerText(),
    /Guest handbook\s+guests\/hand book\.pdf\s+Pages: 4 · Passages: 4 · 1\.2.MB.*Only for staff/s,
  );
  await list.getByRole('link', { name: 'Guest handbook', exact: true }).click();
  const viewer = page.getByRole('dialog', { name: 'Guest handbook' });
  await viewer.getByText('page 3 › House rules › Deposit').waitFor();
  assert.equal(await viewer.getByRole('listitem').count(), 4);
  await viewer.getByRole('searchbox').fill('PETS');
  await viewer.getByText('Bins are emptied').waitFor({ state: 'detached' });
  assert.equal(await viewer.getByRole('listitem').count(), 1);
  // The first one clears what was searched for.
  for (let i = 0; i < 2; i++) await page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'detached' });
  await page.waitForURL(/#\/documents$/);
  await list.getByRole('button', { name: 'Index Guest handbook anew' }).click();
  await page.getByRole('list', { name: 'Add documents' }).getByText('Guest handbook').waitFor();
  await list.getByRole('button', { name: 'Delete Price list for staff?' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Price list for staff is deleted.').waitFor();
  assert.deepEqual(
    chat.documents.map(({ id }) => id),
    ['d1'],
  );
});

test('chat page: who may only look is not offered to upload or delete', { skip }, async (t) => {
  const { page } = await shown(t, { config: { mayUpload: false }, me: { user: 'ada', isAdmin: false, auth: 'proxy' } });
  await page.goto(`${page.url()}${DOCUMENTS}`);
  await page.getByText('You may look at documents here').waitFor();
  await page.getByRole('link', { name: 'Guest handbook', exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Delete/ }).count(), 0);
});

test('chat page: what a developer sets goes with each question, is kept, and can be reset', { skip }, async (t) => {
  const { page, chat } = await shown(t);
  await page.getByRole('button', { name: 'Settings' }).click();
  const drawer = page.getByRole('dialog', { name: 'Settings' });
  await drawer.getByLabel('Search by').selectOption('text');
  await drawer.getByLabel('Passages', { exact: true }).fill('7');
  await drawer.getByLabel('Temperature').fill('0.2');
  await drawer.getByLabel('Seed').fill('42');
  await drawer.getByLabel('Seed').blur();
  await drawer.getByLabel('Reasoning effort').selectOption('low');
  await drawer.getByLabel('Only this collection').fill('rules');
  await drawer.getByLabel('Suggest what to ask next').uncheck();
  await drawer.getByLabel('System prompt').fill('>>> Be brief.');
  await drawer.getByLabel('System prompt').blur();
  await drawer.getByRole('button', { name: 'Done' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await ask(page);
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  assert.equal(chat.asked[0]?.mode, 'ask');
  assert.deepEqual(chat.asked[0]?.overrides, {
    retrievalMode: 'text',
    top: 7,
    temperature: 0.2,
    seed: 42,
    reasoningEffort: 'low',
    includeCategory: 'rules',
    followups: false,
    promptTemplate: '>>> Be brief.',
  });
  await page.getByRole('button', { name: 'Settings' }).click();
  await drawer.getByRole('button', { name: 'Reset' }).click();
  await drawer.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Answer anew' }).click();
  await page.getByText('2 / 2').waitFor();
  assert.deepEqual(chat.asked[1]?.overrides, {});
});

test('chat page: an answer can be shown only once it is whole', { skip }, async (t) => {
  const rest = gate();
  const { page } = await shown(t, { script: (): readonly Part[] => [...BEFORE, ...written(FIRST), rest.part] });
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Show answers while they are written').uncheck();
  await page.getByRole('button', { name: 'Done' }).click();
  await ask(page);
  await page.getByText('Writing…').waitFor();
  assert.equal(await said(page, '100 euros').count(), 0);
  rest.open();
  await said(page, '100 euros').waitFor();
});

test('chat page: speaks the language of the browser, another if it is chosen, and remembers that', {
  skip,
}, async (t) => {
  const { page } = await shown(t, {}, { locale: 'de-AT' });
  await page.getByRole('button', { name: 'Neuer Chat' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.getByRole('button', { name: 'Einstellungen' }).click();
  for (const [name, heading] of LANGUAGES) {
    await page.getByRole('dialog').getByRole('combobox').first().selectOption(name);
    await page.getByRole('dialog').getByRole('heading', { name: heading, exact: true }).waitFor();
    await assertFits(page, name);
  }
  await page.reload();
  await page.getByRole('button', { name: '설정' }).waitFor();
});

const LANGUAGES = [
  ['en', 'Settings'],
  ['fr', 'Réglages'],
  ['es', 'Ajustes'],
  ['fi', 'Asetukset'],
  ['pt', 'Definições'],
  ['ko', '설정'],
] as const;

test('chat page: colours are those of the system, or as chosen', { skip }, async (t) => {
  const { page } = await shown(t, {}, { colorScheme: 'light' });
  const red = () =>
    page.evaluate(() => Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)?.[0] ?? -1));
  await page.getByRole('button', { name: 'Settings' }).click();
  assert.ok((await red()) > 200);
  await page.getByLabel('Colours').selectOption('dark');
  assert.ok((await red()) < 50);
  await page.reload();
  await page.getByRole('button', { name: 'Settings' }).waitFor();
  assert.ok((await red()) < 50);
});

/** What the browser's own speech would do; it can not be had in a browser without ears. */
const SPEECH = `
  globalThis.spokenAloud = [];
  globalThis.SpeechRecognition = class {
    start() { globalThis.recognition = this; }
    stop() { this.onend(); }
  };
  Object.defineProperty(globalThis, 'speechSynthesis', { value: {
    speak: (utterance) => globalThis.spokenAloud.push([utterance.text, utterance.lang]),
    cancel: () => globalThis.spokenAloud.push(['(silence)']),
  } });
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
`;

test('chat page: a question is spoken, an answer read aloud, where the browser can', { skip }, async (t) => {
  const { page } = await shown(t);
  await page.addInitScript(SPEECH);
  await page.reload();
  const box = page.getByRole('textbox', { name: 'Your question' });
  await box.fill('Please:');
  await page.getByRole('button', { name: 'Speak the question' }).click();
  const heard = (words: string) => page.evaluate(`recognition.onresult({ results: [[{ transcript: '${words}' }]] })`);
  await heard('how much');
  await heard('how much is it');
  assert.equal(await box.inputValue(), 'Please: how much is it');
  await page.getByRole('button', { name: 'Stop listening' }).click();
  await page.getByRole('button', { name: 'Speak the question' }).click();
  await page.evaluate(`recognition.onerror({ error: 'not-allowed' }); recognition.onend()`);
  await page.getByText('The browser does not let this page use the microphone.').waitFor();
  await box.press('Enter');
  await page.getByRole('button', { name: 'Read aloud' }).click();
  const [[, silence] = [], spoken] = await page.evaluate<string[][]>('globalThis.spokenAloud');
  assert.equal(silence, undefined);
  assert.match(spoken?.[0] ?? '', /^The deposit is 100 euros, paid back within 14 days\. Fee Euros/);
  assert.match(spoken?.[1] ?? '', /^en/);
  await page.getByRole('button', { name: 'Stop reading' }).click();
  await page.getByRole('button', { name: 'Read aloud' }).waitFor();
});

test('chat page: a browser without speech shows no buttons for it', { skip }, async (t) => {
  const { page } = await shown(t);
  await page.addInitScript(
    'delete globalThis.SpeechRecognition; delete globalThis.webkitSpeechRecognition; delete globalThis.speechSynthesis;',
  );
  await page.reload();
  await ask(page);
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /Speak|Read aloud/ }).count(), 0);
});

test('chat page: a screen reader hears sentences, not tokens', { skip }, async (t) => {
  const rest = gate();
  const script = (): readonly Part[] => [...written('Pets are welcome. Not'), rest.part, ...written(' in all flats.')];
  const { page } = await shown(t, { script });
  await ask(page);
  const spoken = page.getByTestId('spoken');
  await spoken.getByText('Pets are welcome.').waitFor({ state: 'attached' });
  assert.equal(await spoken.innerText(), 'Pets are welcome.');
  rest.open();
  await spoken.getByText('Not in all flats.').waitFor({ state: 'attached' });
  assert.equal(await spoken.innerText(), 'Not in all flats.');
});

test('chat page: with a password asks for it once, says where it was wrong, and shows nothing before', {
  skip,
}, async (t) => {
  const { page } = await shown(t, {
    password: 'open',
    config: { auth: 'password' },
    me: { user: 'ada', auth: 'password' },
  });
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('That is not the password.').waitFor();
  await assertAccessible(page, 'the door');
  assert.equal(await page.getByRole('textbox', { name: 'Your question' }).count(), 0);
  await page.getByLabel('Password').fill('open');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('textbox', { name: 'Your question' }).waitFor();
  await page.getByText('ada', { exact: true }).waitFor();
});

test('chat page: where somebody signs in elsewhere, it leads there', { skip }, async (t) => {
  const { page } = await shown(t, { password: 'x', config: { auth: 'oidc', signInUrl: '/auth/sign-in' } });
  assert.equal(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href'), '/auth/sign-in');
});

test('chat page: a server that is gone is told of, and what was typed is not lost', { skip }, async (t) => {
  const { page, chat } = await asked(t);
  chat.close();
  await ask(page, 'Are you there?');
  await page.getByRole('alert').getByText('The server does not answer.').waitFor();
  await page.getByRole('heading', { name: 'Are you there?' }).waitFor();
});

test('chat page: all is reached with the keyboard: to the question, along the tabs, out again', { skip }, async (t) => {
  const { page } = await asked(t);
  await page.getByRole('button', { name: 'New chat' }).focus();
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'question');
  const first = page.locator('button, a, input, textarea').first();
  assert.equal(await first.innerText(), 'Go to the question');
  await first.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'question');
  await page.keyboard.type('One');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  assert.equal(await page.getByRole('textbox', { name: 'Your question' }).inputValue(), 'One\ntwo');
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`chat page: axe finds nothing in the ${colorScheme}, and nothing sticks out, ${width} pixels wide`, {
      skip,
    }, async (t) => {
      const script = (question: string): readonly Part[] =>
        question === 'fail'
          ? [...BEFORE, { type: 'error', kind: 'throttled', message: 'Later.', retryAfterMs: 60_000 }]
          : LONG;
      const as = { colorScheme, viewport: { width, height: 800 } };
      const { page, complaints } = await shown(t, { script, me: { user: 'ada', auth: 'password' } }, as);
      const look = async (what: string): Promise<void> => {
        await assertAccessible(page, what);
        await assertFits(page, what);
      };
      await page.getByRole('button', { name: QUESTION }).waitFor();
      await look('the start');
      await ask(page);
      await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
      await ask(page, 'fail');
      await page.getByRole('button', { name: /Try again in/ }).waitFor();
      await look('a conversation');
      await page.getByRole('button', { name: 'Bad answer' }).click();
      await look('feedback');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Source 1' }).click();
      await page.locator('mark').waitFor();
      for (const tab of ['Passage', 'Sources', 'Steps', 'Gateway']) {
        await page.getByRole('tab', { name: tab }).click();
        await look(tab);
      }
      await page.getByRole('button', { name: 'Close the panel' }).click();
      await page.getByRole('button', { name: 'Settings' }).click();
      await look('settings');
      await page.getByRole('button', { name: 'Done' }).click();
      if (width === 390) {
        await page.getByRole('button', { name: 'Conversations' }).click();
        await page.getByLabel(`Actions for ${QUESTION}`).click();
        await look('the list');
      } else await page.getByLabel(`Actions for ${QUESTION}`).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await look('deleting');
      await page.keyboard.press('Escape');
      if (width === 390) await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Documents', exact: true }).click();
      await page.getByRole('link', { name: 'Guest handbook', exact: true }).waitFor();
      await look('documents');
      await page.getByRole('link', { name: 'Guest handbook', exact: true }).click();
      await page.getByText('Bins are emptied').waitFor();
      await look('the viewer');
      await page.keyboard.press('Escape');
      assert.deepEqual(complaints, []);
    });
  }
}

const WORD = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(3);
const LONG: readonly Part[] = [
  ...BEFORE,
  ...written(`# A heading\n\n${WORD}\n\n> quoted\n\n\`\`\`ts\nconst long = '${WORD}';\n\`\`\`\n\n1. one\n2. two\n\n`),
  ...written(`| a | ${WORD} | b |\n| --- | --- | ---: |\n| 1 | 2 | 3 |\n\nSee \`code\`.`),
  { type: 'citation', label: 'S2', at: 13 },
  { type: 'check', unsupported: [{ start: 13, end: 40 }] },
  { type: 'followups', questions: [WORD, 'And then?'] },
];

test('chat page: each language has all words, with the same places to fill', async () => {
  const folder = join(import.meta.dirname, '../../apps/chat/src/page/client/words');
  const names = await readdir(folder);
  const read = async (name: string): Promise<Record<string, string>> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));
  const english = await read('en.json');
  assert.deepEqual(
    names.toSorted(),
    ['de', 'en', 'es', 'fi', 'fr', 'ko', 'pt'].map((name) => `${name}.json`),
  );
  for (const name of names) {
    const words = await read(name);
    assert.deepEqual(Object.keys(words), Object.keys(english), name);
    for (const [key, text] of Object.entries(english))
      assert.deepEqual(places(words[key]), places(text), `${name} ${key}`);
  }
});

function places(text = ''): readonly string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();
}
