import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionText, newDecisions, openingLines, progressLine } from './plain.ts';
import { DOCUMENTS, decided, TWO_SPENT } from './testing/scene.ts';

test('openingLines: what is going on, and what moved', () => {
  const lines = openingLines({ ...TWO_SPENT, notices: ['Port 8080 is not free: the gateway moves to 8082.'] });
  assert.match(lines.join(' '), /two ways: straight .* through Spillway.* Port 8080 is not free/);
});

test('progressLine: both ways in one line', () => {
  assert.equal(
    progressLine(TWO_SPENT),
    '  0:28  straight to one resource: 71 sent, 34 answered, 37 with 429; through Spillway: 71 sent, 69 answered, 0 with 429',
  );
});

test('progressLine: once users ask the chat app, what became of their questions', () => {
  assert.match(
    progressLine(DOCUMENTS),
    /^ {2}0:39 {2}openai1 and openai2 refuse .* 14 answered \(14 moved elsewhere\), 0 errors\.$/,
  );
});

test('newDecisions: only rows that were not there, however much the others have grown', () => {
  const first = [decided(0, 'openai1', '200', 1)];
  const second = [decided(0, 'openai1', '200', 9), decided(5, 'openai1', '429', 1)];
  assert.deepEqual(newDecisions(first, second), [second[1]]);
});

test('decisionText: begins as the log stream of the articles does', () => {
  const text = decisionText(decided(13_400, 'openai1', '429', 3));
  assert.equal(text, '  0:13  Proxying to http://127.0.0.1:9001 (openai1): 429, asks to wait 47 s');
});
