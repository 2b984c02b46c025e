import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMPUTED, importsOf, lineAt, namesUsed, parse } from './syntax.ts';

const IMPORTS: ReadonlyArray<readonly [text: string, want: readonly string[]]> = [
  ["import a from 'x';", ['x']],
  ["import 'x';", ['x']],
  ["import type { A } from 'x';", ['x']],
  ["import { type A, b } from 'x';", ['x']],
  ["import * as a from 'x';", ['x']],
  ["import a from './x.json' with { type: 'json' };", ['./x.json']],
  ["export * from 'x';", ['x']],
  ["export * as a from 'x';", ['x']],
  ["export { a } from 'x';", ['x']],
  ["export type { A } from 'x';", ['x']],
  ["const a = await import('x');", ['x']],
  ["const a = () => import('x').then((m) => import('y'));", ['x', 'y']],
  ['await import(name);', [COMPUTED]],
  ["import a = require('x');", ['x']],
  ["const a = require('x');", ['x']],
  ["let a: import('x').A;", ['x']],
  ["type A = typeof import('x');", ['x']],
  ["// import 'x';\nconst a = \"import 'y'\"; export const b = 1; export { a };", []],
];

for (const [text, want] of IMPORTS) {
  test(`importsOf: sees in ${text} ${want.join(', ') || 'nothing'}`, () => {
    const names = importsOf('a.ts', text).map(({ name }) => name);
    assert.deepEqual(names, want);
  });
}

test('importsOf: gives the names that are taken, as the module calls them', () => {
  const text = "import { a, b as c } from 'x'; import * as d from 'x'; import e from 'x'; import('x');";
  const names = importsOf('a.ts', text).map((imported) => imported.names);
  assert.deepEqual(names, [['a', 'b'], [], [], []]);
});

test('importsOf: gives the line', () => {
  const lines = importsOf('a.ts', "\n\nimport 'x';\n\nexport * from 'y';").map(({ line }) => line);
  assert.deepEqual(lines, [3, 5]);
});

test('namesUsed: sees values, types and members, not names of properties', () => {
  const text = 'f(A.b, c["d"]); let x: T; ({ k: v, m() {} }); class C { p = 1; q() {} }';
  const names = namesUsed('a.ts', text).map(({ name }) => name);
  for (const seen of ['f', 'A', 'A.b', 'c', 'c.d', 'T', 'v']) assert.ok(names.includes(seen), seen);
  for (const unseen of ['b', 'd', 'k', 'm', 'p', 'q']) assert.ok(!names.includes(unseen), unseen);
});

test('parse: throws where the text is no TypeScript, naming the file', () => {
  assert.throws(() => parse('broken.ts', 'const = ;'), /broken\.ts/);
});

test('lineAt: counts from 1', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((offset) => lineAt('a\nb\n', offset)),
    [1, 1, 2, 2],
  );
});
