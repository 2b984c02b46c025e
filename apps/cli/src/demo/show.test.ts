import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASCII, UNICODE } from './draw.ts';
import { glyphsFor, plainShow } from './show.ts';
import { BEGINNING, DOCUMENTS, TWO_SPENT } from './testing/scene.ts';

test('glyphsFor: blocks unless the environment says that they would not be shown', () => {
  const rows = [
    [{}, UNICODE],
    [{ LANG: 'en_US.UTF-8' }, UNICODE],
    [{ LANG: 'C.utf8', TMUX: '/tmp/tmux' }, UNICODE],
    [{ LANG: 'de_DE.ISO-8859-1' }, ASCII],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, ASCII],
    [{ TMUX: '/tmp/tmux' }, ASCII],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, ASCII],
  ] as const;
  for (const [env, want] of rows) assert.equal(glyphsFor(env), want, JSON.stringify(env));
});

test('plainShow: opens once, tells each decision once, and progress every five seconds', () => {
  const written: string[] = [];
  const show = plainShow((text) => written.push(text));
  show.update(BEGINNING);
  show.update({ ...BEGINNING, nowMs: 4_900 });
  assert.equal(written.filter((text) => text.includes('two ways')).length, 1);
  assert.equal(written.filter((text) => text.includes('Proxying')).length, 1);
  assert.equal(written.filter((text) => text.includes('straight to one resource:')).length, 0);
  show.update({ ...BEGINNING, nowMs: 5_000 });
  show.update({ ...BEGINNING, nowMs: 9_000 });
  show.update(TWO_SPENT);
  assert.equal(written.filter((text) => text.includes('straight to one resource:')).length, 2);
  assert.equal(written.filter((text) => text.includes('Proxying')).length, 5);
});

test('plainShow: that resources are throttled on purpose is told before the first of their refusals', () => {
  const written: string[] = [];
  const show = plainShow((text) => written.push(text));
  show.update({ ...DOCUMENTS, phase: 'settling', decisions: [] });
  written.length = 0;
  show.update(DOCUMENTS);
  assert.match(written[0] ?? '', /openai1 and openai2 refuse \(429\)/);
  assert.match(written[1] ?? '', /Proxying to/);
  assert.equal(written.filter((text) => text.includes('users ask')).length, 1);
});

test('plainShow: after the load only decisions are told', () => {
  const written: string[] = [];
  const show = plainShow((text) => written.push(text));
  show.update(TWO_SPENT);
  written.length = 0;
  show.update({ ...TWO_SPENT, phase: 'open', nowMs: 90_000 });
  assert.deepEqual(written, []);
});
