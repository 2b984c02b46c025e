import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { pageOf, svgOf } from './page.ts';
import { madeUpScenario, madeUpView } from './testing/made-up.ts';

test('pageOf: nothing is loaded or run, and the one style sheet is the one that the policy allows', () => {
  const page = pageOf(madeUpView());
  assert.doesNotMatch(page, /<script|<link|<img|\ssrc=|\sstyle=|url\(|@import|https?:/);
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? assert.fail('no style');
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(page.includes(`style-src &#39;sha256-${hash}&#39;`));
});

test('pageOf: says what is missed first, leads to each scenario, and a name cannot become markup', () => {
  const page = pageOf(madeUpView());
  assert.match(page, /✗ 2 of 4 promises are missed\./);
  assert.match(page, /href="#scenario-ptu-first-then-spill"/);
  assert.match(page, /id="scenario-ptu-first-then-spill"/);
  assert.match(page, /ptu first &#60;then&#62; spill/);
  assert.doesNotMatch(page, /<then>|NaN|undefined/);
});

test('pageOf: the verdict of nothing missed, and of nothing promised', () => {
  const { firstSeed, seeds } = madeUpView();
  const one = madeUpScenario('x');
  const verdict = (promises: typeof one.promises) =>
    /class="verdict[^>]*>([^<]*)</.exec(pageOf({ firstSeed, seeds, scenarios: [{ ...one, promises }] }))?.[1];
  assert.equal(verdict(one.promises.slice(0, 1)), '✓ The promise holds.');
  assert.equal(verdict([]), 'No promises were checked.');
});

test('pageOf: a scenario without a run, and one strategy alone, has its table and no empty figure', () => {
  const { firstSeed, seeds } = madeUpView();
  const one = madeUpScenario('x');
  const bare = { ...one, strategies: one.strategies.slice(0, 1), promises: [], run: null };
  const page = pageOf({ firstSeed, seeds, scenarios: [bare] });
  assert.match(page, /<table>/);
  assert.doesNotMatch(page, /<svg/);
});

test('pageOf: each promise has its seeds drawn and told, and a limit of all together its reason', () => {
  const { firstSeed, seeds } = madeUpView();
  const one = { ...madeUpScenario('x'), exception: 'Minutes that slide have no edge.' };
  const page = pageOf({ firstSeed, seeds, scenarios: [one] });
  assert.equal(page.match(/aria-label="x: (?:no429|wasted10x): what was refused/g)?.length, 2);
  assert.match(page, /median 0 · pooled 2\.34 · 1 of 20 seeds over \(worst seed 20: 46\)/);
  assert.match(page, /Reason for the pooled limit: Minutes that slide have no edge\./);
});

test('pageOf: a part of what is promised is not told as the whole', () => {
  const one = madeUpScenario('x');
  const promises = one.promises.slice(0, 1);
  const page = pageOf({ firstSeed: 1, seeds: 3, scenarios: [{ ...one, promises }] });
  assert.match(page, /<p class="verdict">✓ The promise checked holds\.</);
  assert.match(page, /This is a part of what is promised:<\/p><ul><li>3 seeds were run of the 20/);
});

test('svgOf: stands alone, with its style and every figure', () => {
  const svg = svgOf(madeUpScenario('x'));
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
  assert.equal(svg.match(/class="title"/g)?.length, 3 + 1 + 3);
  assert.match(svg, /prefers-color-scheme: dark/);
});
