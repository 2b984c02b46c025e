/** The page of the chat app for whoever reads it: in another language, with keys alone, with fingers, on paper. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../apps/chat/src/page/testing/fake-chat.ts';
import {
  BEFORE,
  DOCUMENTS,
  FIRST,
  type Part,
  SOURCES,
  step,
  wholeAnswer,
  written,
} from '../../apps/chat/src/page/testing/script.ts';
import { assertAccessible, assertFits } from './browser.ts';
import { ask, asked, QUESTION, shown, skip } from './chat-page.ts';

const GERMAN = { locale: 'de-DE' };
/** As in state/session.ts, which knows the browser alone. */
const PROBE_LOOKS_MAX = 30;
const PROBE_LOOK_MS = 2_000;
const kind = 'throttled' as const;

test('chat page: steps and failures are told in the language of the page, by what they are', { skip }, async (t) => {
  const script = (question: string): readonly Part[] => [
    ...BEFORE,
    step({ title: 'Shortened', text: 'too long', ms: 0 }, { kind: 'shortened', kept: 3, of: 6 }),
    step({ title: 'Invented citations', text: 'S9', ms: 0 }, { kind: 'invented', labels: ['S9'] }),
    step({ title: 'Check', text: '1 not held.', ms: 4 }, { kind: 'check', unsupported: 1 }),
    ...(question === 'fail'
      ? [{ type: 'error', kind, message: 'All models are busy at the moment.', retryAfterMs: null } as const]
      : written(FIRST)),
  ];
  const { page } = await shown(t, { script }, GERMAN);
  await page.getByText('Gesucht wird nach Wörtern.').waitFor();
  const box = page.getByRole('textbox', { name: 'Ihre Frage' });
  await box.fill('Was kostet es?');
  await box.press('Enter');
  await page.getByRole('button', { name: 'Wie diese Antwort entstand' }).click();
  await page.getByRole('tab', { name: 'Schritte' }).click();
  const told = await page.getByRole('tabpanel').innerText();
  assert.match(told, /Suchanfragen.*deposit refund.*Suche.*Nach Wörtern gefunden\. Textstellen: 2/s);
  assert.match(told, /Gekürzt.*3 von 6 Textstellen.*Erfundene Belege.*S9.*Prüfung.*deckt: 1/s);
  assert.doesNotMatch(told, /Search|Check|held/);
  await page.keyboard.press('Escape');
  await box.fill('fail');
  await box.press('Enter');
  const alert = page.getByRole('alert').filter({ hasText: 'Gerade wird zu viel gefragt' });
  assert.match(await alert.innerText(), /Alle Modelle sind gerade ausgelastet\./);
  assert.doesNotMatch(await alert.innerText(), /busy/);
});

test('chat page: what only an operator understands stays as it is, marked as English', { skip }, async (t) => {
  const message = 'The gateway knows no deployment "chat".';
  const script = (): readonly Part[] => [{ type: 'error', kind: 'internal', message, retryAfterMs: null }];
  const { page } = await shown(t, { script }, GERMAN);
  await page.getByRole('textbox').fill('Was?');
  await page.keyboard.press('Enter');
  const alert = page.getByRole('alert').filter({ hasText: 'In der Anwendung ist etwas schiefgegangen.' });
  assert.equal(await alert.locator('[lang=en]').innerText(), message);
});

test('chat page: a refusal of the server is told in the language of the page, too', { skip }, async (t) => {
  const { page } = await shown(
    t,
    { script: () => refusal(503, { code: 'busy', message: 'Too many answers.' }) },
    GERMAN,
  );
  await page.getByRole('textbox').fill('Was?');
  await page.keyboard.press('Enter');
  await page.getByText('Es werden zu viele Antworten geschrieben').waitFor();
});

test('chat page: how is searched is told once it is known, without loading anew', { skip }, async (t) => {
  const retrieval = { mode: 'text', why: 'What was measured.', isProbing: true } as const;
  const { page, chat } = await shown(t, { config: { retrieval } });
  await page.clock.install();
  await page.reload();
  await page.getByText('How the documents are searched best is being found out.').waitFor();
  const looks = () => chat.requests.filter((request) => request === 'GET /api/config').length;
  const before = looks();
  // More looks than there are: then it rests, until somebody comes back.
  for (let i = 0; i < PROBE_LOOKS_MAX; i++) {
    const answered = page.waitForResponse(/\/api\/config$/);
    await page.clock.runFor(PROBE_LOOK_MS);
    await answered;
  }
  await page.clock.runFor(3 * PROBE_LOOK_MS);
  assert.equal(looks() - before, PROBE_LOOKS_MAX);
  chat.config = { retrieval: { mode: 'hybrid', why: 'Vectors are good.', isProbing: false } };
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.clock.runFor(PROBE_LOOK_MS);
  await page.getByText('Words and meaning are searched.').waitFor();
  const known = looks();
  await page.clock.runFor(3 * PROBE_LOOK_MS);
  assert.equal(looks(), known);
});

test('chat page: why a file was not read is told in the language of the page, with what the server said', {
  skip,
}, async (t) => {
  const { page, chat } = await shown(t, {}, GERMAN);
  await page.goto(`${page.url()}#/documents`);
  await page
    .getByLabel('Dateien auswählen')
    .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
  const list = page.getByRole('list', { name: 'Dokumente hinzufügen' });
  await list.getByText('Wartet').waitFor();
  const reason = '2001 pages, above 2000; split the document';
  Object.assign(chat.jobs[0] ?? {}, {
    state: 'done',
    last: { kind: 'failed', path: 'a.pdf', code: 'tooLarge', reason },
  });
  await list.getByText('Sie ist größer, als gelesen wird; teilen Sie sie.').waitFor();
  assert.equal(await list.locator('[lang=en]').innerText(), reason);
});

test('chat page: with keys alone from a question to its citation, to the passage, and back', { skip }, async (t) => {
  const { page } = await shown(t);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  await page.keyboard.type(QUESTION);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  for (let i = 0; i < 40 && (await focused()) !== 'Source 1'; i++) await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Source 1');
  await page.keyboard.press('Enter');
  await page.locator('mark').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'How this was answered');
  for (let i = 0; i < 10 && !(await page.evaluate(() => document.activeElement?.matches('.passageLinks a'))); i++)
    await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /Original, page 3/);
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'detached' });
  assert.equal(await focused(), 'Source 1');
  await page.keyboard.press(' ');
  await page.locator('mark').waitFor();
});

const LONG_NAME = `${'Verfahrensanweisung-über-die-Abrechnung-'.repeat(5)}.md`.slice(-200);
const TABLE = 'Prices of 2026.\n\n| flat | a night |\n| --- | --- |\n| Harbour Row 1 | 92 |\n| Harbour Row 2 | 1,074 |';

function longNamed(): readonly Part[] {
  const [first, second] = SOURCES;
  if (first === undefined || second === undefined) return [];
  const sources = [{ ...first, documentId: 'gone', title: LONG_NAME, path: LONG_NAME, text: TABLE }, second];
  return [
    { type: 'sources', sources, mode: 'text' },
    { type: 'delta', text: 'It is 92 euros.' },
    { type: 'citation', label: 'S1', at: 14 },
  ];
}

for (const width of [1280, 390])
  test(`chat page: a name of 200 characters and a table of a document fit, ${width} pixels wide`, {
    skip,
  }, async (t) => {
    const { page, chat } = await shown(t, { script: longNamed }, { viewport: { width, height: 800 } });
    chat.documents = DOCUMENTS.map((row) => ({ ...row, title: LONG_NAME, path: LONG_NAME, category: LONG_NAME }));
    chat.texts.set('gone', TABLE);
    await ask(page);
    await page.getByRole('button', { name: 'Source 1' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.locator('td.figure').nth(1).waitFor();
    assert.deepEqual(await panel.locator('td.figure').allInnerTexts(), ['92', '1,074']);
    assert.equal(
      await panel
        .locator('td.figure')
        .first()
        .evaluate((cell) => getComputedStyle(cell).textAlign),
      'right',
    );
    await panel.getByRole('link', { name: /^Original/ }).waitFor();
    await assertFits(page, 'the passage');
    await assertAccessible(page, 'the passage');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Documents', exact: true }).click();
    await page.getByRole('link', { name: LONG_NAME, exact: true }).first().waitFor();
    await assertFits(page, 'documents');
    await page.getByRole('link', { name: LONG_NAME, exact: true }).first().click();
    await page.getByRole('dialog').waitFor();
    await assertFits(page, 'the viewer');
    await assertAccessible(page, 'the viewer');
  });

test('chat page: no line begins with a citation', { skip }, async (t) => {
  // Lines that end a pixel or two later each: the citation of some of them has no room any more.
  const lines = Array.from({ length: 60 }, (_, i) => `mm ${'i'.repeat(20 + i)}`);
  const ends = lines.map((_, i) => lines.slice(0, i + 1).join('\n\n').length);
  const script = (): readonly Part[] => [
    ...BEFORE,
    { type: 'delta', text: lines.join('\n\n') },
    ...ends.map((at) => ({ type: 'citation', label: 'S2', at }) as const),
  ];
  const { page } = await shown(t, { script }, { viewport: { width: 390, height: 800 } });
  await ask(page);
  await page.getByRole('button', { name: 'Copy the answer' }).waitFor();
  const { most, atEdge } = await page.evaluate(() => {
    const edge = document.querySelector('.prose p')?.getBoundingClientRect().left ?? 0;
    const cites = [...document.querySelectorAll('.prose .cite')].map((cite) => cite.getBoundingClientRect());
    return { most: cites.length, atEdge: cites.filter(({ left }) => left < edge + 8).length };
  });
  assert.deepEqual([most, atEdge], [60, 0]);
});

test('chat page: fingers find buttons large enough', { skip }, async (t) => {
  const { page } = await asked(t, {}, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, summary, .top a')]
      .filter(
        (each) => each.checkVisibility({ visibilityProperty: true }) && each.closest('.side, .skip, .modes') === null,
      )
      .map((each) => ({ name: each.ariaLabel ?? each.textContent, ...each.getBoundingClientRect().toJSON() }))
      .filter(({ height, width }) => height < 32 || width < 32)
      .map(({ name, width, height }) => `${name} ${width}×${height}`),
  );
  assert.deepEqual(small, []);
});

test('chat page: whoever wants no motion gets none', { skip }, async (t) => {
  const { page } = await shown(
    t,
    { script: () => [{ type: 'gate', open: new Promise(() => {}) }] },
    { reducedMotion: 'reduce' },
  );
  await ask(page);
  await page.locator('.dots i').first().waitFor();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});

test('chat page: on paper stands the conversation, all of it, and nothing to click', { skip }, async (t) => {
  const long = written(Array.from({ length: 80 }, (_, i) => `line ${i}.`).join('\n\n'));
  const { page } = await asked(t, { script: () => [...wholeAnswer(), ...long] }, { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.getByText('line 79.').first().isVisible());
  const {
    height,
    page: whole,
    ink,
  } = await page.evaluate(() => ({
    height: document.querySelector('.scroll')?.scrollHeight ?? 0,
    page: document.documentElement.scrollHeight,
    ink: getComputedStyle(document.body).color,
  }));
  assert.ok(whole >= height, `${whole} of ${height}`);
  assert.equal(ink, 'rgb(20, 32, 42)');
  assert.equal(await page.getByRole('textbox').count(), 0);
  assert.equal(await page.getByRole('button', { name: /Copy|Settings|New chat/ }).count(), 0);
});
