import assert from 'node:assert/strict';
import test from 'node:test';
import { refuseDeepJson, refuseDeepQuotes, refuseDeepTree, refuseDeepXml } from './nesting.ts';

const DEEP = 100_000;

test('refuseDeepTree: allows the limit and not one more, however deep the rest', () => {
  let node: { type: string; children?: readonly { type: string }[] } = { type: 'leaf' };
  for (let i = 0; i < 3; i++) node = { type: 'x', children: [node] };
  refuseDeepTree(node, 3);
  assert.throws(() => refuseDeepTree(node, 2), /deeper than 2 levels/);
  for (let i = 0; i < DEEP; i++) node = { type: 'x', children: [node] };
  assert.throws(() => refuseDeepTree(node, 3));
});

const JSONS: ReadonlyArray<readonly [text: string, depth: number]> = [
  ['[[]]', 2],
  ['{"a":[{}]}', 3],
  ['["[[[[", "\\"[["]', 1],
  ['"\\\\"', 0],
  ['["[', 1],
];

for (const [text, depth] of JSONS) {
  test(`refuseDeepJson: ${text} is ${depth} deep`, () => {
    refuseDeepJson(text, depth);
    if (depth > 0) assert.throws(() => refuseDeepJson(text, depth - 1));
  });
}

const XMLS: ReadonlyArray<readonly [text: string, depth: number]> = [
  ['<a><b/><b></b></a>', 2],
  ['<?xml version="1.0"?><!-- <a><b><c> --><a><![CDATA[<x><y>]]></a>', 1],
  ['<a><b', 1],
];

for (const [text, depth] of XMLS) {
  test(`refuseDeepXml: ${text} is ${depth} deep`, () => {
    refuseDeepXml(text, depth);
    assert.throws(() => refuseDeepXml(text, depth - 1));
  });
}

const QUOTES: ReadonlyArray<readonly [text: string, depth: number]> = [
  ['a\n>>> b', 3],
  ['> - 1. > a', 4],
  ['  - a\n  - b', 1],
  ['> a > b > c', 1],
];

for (const [text, depth] of QUOTES) {
  test(`refuseDeepQuotes: ${JSON.stringify(text)} is ${depth} deep`, () => {
    refuseDeepQuotes(text, depth);
    assert.throws(() => refuseDeepQuotes(text, depth - 1));
  });
}

test('refuseDeepQuotes: a rule of many dashes is none', () =>
  refuseDeepQuotes(`${'-'.repeat(500)}\n${'*'.repeat(500)}`, 2));

test('refuseDeepXml: looks at comments that never end only once', () => refuseDeepXml('<!--'.repeat(1_000_000), 1));
