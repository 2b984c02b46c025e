import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { differenceOf } from './difference.ts';
import { reportOf } from './report.ts';
import type { Outcome } from './result.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

const wrong = outcomeWith({ id: 'plain-b', question: 'b?', score: { ...NO_SCORE, hit5: 0 } });

function report(...outcomes: readonly Outcome[]): string {
  return reportOf({ result: resultWith(...outcomes), difference: null, misses: [] });
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
  assert.match(html, /<th scope="row">hit5<\/th><td>0\.500<\/td><td>–<\/td><td>2<\/td>/);
  assert.match(html, /Wrong \(1\)[\s\S]*plain-b[\s\S]*hit5 0\.000[\s\S]*Right \(1\)[\s\S]*plain-a/);
});

test('reportOf: nothing wrong is said, and so is a missed floor', () => {
  assert.match(report(outcomeWith()), /Every floor is held\.[\s\S]*Nothing is wrong\./);
  const misses = [{ metric: 'hit5', floor: 0.9, mean: 0.5 } as const];
  const html = reportOf({ result: resultWith(wrong), difference: null, misses });
  assert.match(html, /hit5: 0\.500, below its floor 0\.900/);
});

test('reportOf: an earlier run is compared with', () => {
  const before = resultWith(outcomeWith({ id: 'plain-b', question: 'b?' }));
  const result = resultWith(wrong);
  const html = reportOf({ result, difference: differenceOf(before, result), misses: [] });
  assert.match(html, /<td>0\.000<\/td><td>1\.000<\/td>/);
  assert.match(html, /1 broken, 0 mended/);
});
