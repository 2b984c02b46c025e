import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { differenceOf } from './difference.ts';
import { reportOf } from './report.ts';
import type { Outcome } from './result.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

const wrong = outcomeWith({ id: 'plain-b', question: 'b?', score: { ...NO_SCORE, hit5: 0 } });

function report(...outcomes: readonly Outcome[]): string {
  return reportOf({ result: resultWith(...outcomes), difference: null, floors: null, misses: [] });
}

test('reportOf: runs nothing and loads nothing, and its one style sheet is known by its hash', () => {
  const html = report(outcomeWith());
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  assert.equal(policy, `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  assert.doesNotMatch(html, /<script|<link|<img|\son\w+=|\sstyle=|\ssrc=|\shref=/i);
  assert.match(style, /prefers-color-scheme: dark/);
});

test('reportOf: whatever the app said, and however documents are named, is text', () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'&';
  const html = report(
    outcomeWith({
      id: hostile,
      question: hostile,
      answer: hostile,
      failure: hostile,
      found: [hostile],
      cited: [hostile],
    }),
  );
  assert.doesNotMatch(html, /<script|<img/);
  assert.equal(html.split('&#60;script&#62;').length - 1, 6);
});

test('reportOf: shows figures with their counts, what is wrong and why', () => {
  const html = report(outcomeWith(), wrong);
  assert.match(html, /hit5<small>every gold document[^<]*<\/small><\/th>.*?<b>0\.500<\/b><\/td><td>2<\/td>/);
  assert.match(html, /<b>1<\/b> of 2 questions right/);
  assert.match(html, /Wrong \(1\)[\s\S]*plain-b[\s\S]*hit5 0\.000[\s\S]*Right \(1\)[\s\S]*plain-a/);
});

test('reportOf: nothing wrong is said, a missed floor too, and of floors that were not given nothing', () => {
  assert.match(report(outcomeWith()), /Nothing is wrong\./);
  assert.doesNotMatch(report(outcomeWith()), /floor/);
  const held = { result: resultWith(outcomeWith()), difference: null, floors: { hit5: 0.9 }, misses: [] };
  assert.match(reportOf(held), /Every floor is held\.[\s\S]*<td>0\.900<\/td>/);
  const misses = [{ metric: 'hit5', floor: 0.9, mean: 0.5 } as const];
  const html = reportOf({ ...held, result: resultWith(wrong), misses });
  assert.match(html, /hit5: 0\.500, below its floor 0\.900[\s\S]*<td class="bad">✗ 0\.900<\/td>/);
});

test('reportOf: an earlier run is compared with, by figure and by kind', () => {
  const before = resultWith(outcomeWith({ id: 'plain-b', question: 'b?' }));
  const result = resultWith(wrong);
  const worse = reportOf({ result, difference: differenceOf(before, result), floors: null, misses: [] });
  assert.match(worse, /<b>0\.000<\/b><\/td><td>1\.000<\/td><td class="bad">▼ 1\.000<\/td>/);
  assert.match(worse, /Broken \(1\)[\s\S]*Mended \(0\)[\s\S]*▼ 1 broken/);
  const better = reportOf({ result: before, difference: differenceOf(result, before), floors: null, misses: [] });
  assert.match(better, /▲ 1\.000[\s\S]*▲ 1 mended/);
  const same = reportOf({ result, difference: differenceOf(result, result), floors: null, misses: [] });
  assert.match(same, /<td class="soft">±0<\/td>/);
});
