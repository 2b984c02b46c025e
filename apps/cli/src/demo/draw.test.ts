import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Line, NO_PAINT, render, widthOf } from '../lines.ts';
import { ASCII, COLUMNS, clock, drawLoad, drawOpen, ROWS, UNICODE } from './draw.ts';
import { exampleLines } from './examples.ts';
import type { Scene } from './scene.ts';
import { BEGINNING, counted, DOCUMENTS, decided, OPEN, row, TWO_SPENT } from './testing/scene.ts';

/** `UPDATE_GOLDENS=1 node --test …` writes them anew; look at the difference before it is committed. */
function assertGolden(name: string, lines: readonly Line[]): void {
  const file = new URL(`./golden/${name}.txt`, import.meta.url);
  const text = lines.map((line) => `${render(line, COLUMNS, NO_PAINT).trimEnd()}\n`).join('');
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}

const FAILING: Scene = {
  ...TWO_SPENT,
  spillway: counted({ sent: 71, answered: 60, refused: 4, failed: 3 }),
  notices: ['Port 8080 is not free: the gateway moves to 8082.'],
};

test('drawLoad, drawOpen: look as in golden/', () => {
  assertGolden('beginning', drawLoad(BEGINNING, UNICODE, ROWS));
  assertGolden('two-spent', drawLoad(TWO_SPENT, UNICODE, ROWS));
  assertGolden('settled', drawLoad({ ...TWO_SPENT, phase: 'settling', nowMs: 37_000 }, UNICODE, ROWS));
  assertGolden('documents', drawLoad(DOCUMENTS, UNICODE, ROWS));
  assertGolden('ascii-failing-notice', drawLoad(FAILING, ASCII, ROWS));
  assertGolden('open', drawOpen(OPEN, UNICODE, ROWS));
});

test('drawLoad, drawOpen: fit the rows there are, and keep their height while decisions come in', () => {
  for (let rows = 1; rows <= 60; rows++) {
    for (const scene of [BEGINNING, TWO_SPENT, DOCUMENTS, FAILING])
      assert.equal(drawLoad(scene, UNICODE, rows).length, Math.min(rows, ROWS));
    assert.ok(drawOpen(OPEN, UNICODE, rows).length <= rows);
  }
});

test('drawOpen: summary of four lines, examples and panel together fit 24 rows', () => {
  const urls = {
    gateway: 'http://127.0.0.1:65535',
    admin: 'http://127.0.0.1:65534',
    simulator: 'http://127.0.0.1:65533',
    chat: 'http://127.0.0.1:65532',
  };
  const panel = drawOpen({ ...OPEN, deployments: OPEN.deployments.slice(0, 3) }, UNICODE, 23);
  assert.ok(4 + 1 + exampleLines(urls).length + panel.length <= 23);
  for (const line of exampleLines(urls)) assert.ok(widthOf(line) <= COLUMNS, render(line, 200, NO_PAINT));
});

test('drawLoad, drawOpen: never wider than 80 columns', () => {
  const count = fc.nat({ max: 9_999 });
  const name = fc.string({ minLength: 1, maxLength: 30 });
  const scenes = fc.record({
    sent: count,
    answered: count,
    refused: count,
    failed: count,
    used: fc.nat({ max: 9_999_999 }),
    quota: fc.nat({ max: 9_999_999 }),
    name,
  });
  fc.assert(
    fc.property(scenes, ({ sent, answered, refused, failed, used, quota, name }) => {
      const tally = counted({ sent, answered, refused, failed });
      const deployments = [
        row(name, { kind: 'throttled', leftMs: 59_999 }, { usedTokens: used, quotaTokens: quota, served: sent }),
      ];
      const scene = {
        ...TWO_SPENT,
        direct: tally,
        spillway: tally,
        deployments,
        decisions: [decided(sent * 1000, name, '200', sent)],
      };
      for (const glyphs of [UNICODE, ASCII]) {
        for (const line of [...drawLoad(scene, glyphs, 40), ...drawOpen(scene, glyphs, 40)]) {
          assert.ok(render(line, COLUMNS, NO_PAINT).length <= COLUMNS);
          // What is cut is at most a name or a count that no demo comes to.
          assert.ok(widthOf(line) <= COLUMNS + 40, render(line, 200, NO_PAINT));
        }
      }
    }),
  );
});

test('clock: minutes and seconds', () => {
  const rows = [
    [-5, '0:00'],
    [999, '0:00'],
    [13_400, '0:13'],
    [83_000, '1:23'],
    [3_600_000, '60:00'],
  ] as const;
  for (const [ms, want] of rows) assert.equal(clock(ms), want);
});
