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
  const page = pageOf({ firstSeed, seeds, scenarios: [{ ...one, strategies: one.strategies.slice(0, 1), run: null }] });
  assert.match(page, /<table>/);
  assert.doesNotMatch(page, /<svg/);
});

test('svgOf: stands alone, with its style and every figure', () => {
  const svg = svgOf(madeUpScenario('x'));
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
  assert.equal(svg.match(/class="title"/g)?.length, 3 + 1 + 3);
  assert.match(svg, /prefers-color-scheme: dark/);
});
