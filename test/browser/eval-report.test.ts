/** The report of `spillway chat eval` in a real browser: readable on a phone and by a screen reader, under its own policy. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { assertAccessible, assertFits, chromiumTool, launch, open } from './browser.ts';

test('the report of an evaluation: light, dark, and on a phone', { skip: chromiumTool.skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const run = (...more: string[]) =>
    new Command(['chat', 'eval', '--search', '--floors', 'corpus', '--out', folder, '--no-keep', ...more]).ended;
  assert.equal((await run()).code, 0);
  assert.equal((await run('--before', join(folder, 'result.json'))).code, 0);
  const browser = await launch();
  t.after(() => browser.close());
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      const url = pathToFileURL(join(folder, 'report.html')).href;
      const { page, complaints } = await open(t, browser, url, { colorScheme, viewport: { width, height: 800 } });
      await page.locator('details').first().locator('summary').click();
      await assertFits(page, `${colorScheme}, ${width} pixels`);
      await assertAccessible(page, `${colorScheme}, ${width} pixels`);
      assert.deepEqual(complaints, []);
    }
  }
});
