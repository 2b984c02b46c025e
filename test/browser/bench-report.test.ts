/** The report of `spillway bench load` in a real browser: readable on a phone and by a screen reader, under its own policy. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startSimulator } from '@spillway/simulator';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { assertAccessible, assertFits, chromiumTool, launch, open } from './browser.ts';

test('the report of a run: light, dark, and on a phone', { skip: chromiumTool.skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const names = ['a', 'b'];
  const resources = names.map((name) => ({ name, key: 'k' }));
  const simulator = await startSimulator({ port: 0, resources });
  t.after(() => simulator.close());
  const [a = '', b = ''] = simulator.resources.map(({ url }) => url);
  const shape = ['-s', 'custom', '-p', '80', '-m', '5', '-c', '2', '-n', '10', '--out', folder];
  const run = await new Command(['bench', 'load', a, '--against', b, '-e', 'chat', ...shape], { OPENAI_API_KEY: 'k' })
    .ended;
  assert.equal(run.code, 0, run.stderr);
  const browser = await launch();
  t.after(() => browser.close());
  const url = pathToFileURL(join(folder, 'report.html')).href;
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      const { page, complaints } = await open(t, browser, url, { colorScheme, viewport: { width, height: 800 } });
      await assertFits(page, `${colorScheme}, ${width} pixels`);
      await assertAccessible(page, `${colorScheme}, ${width} pixels`);
      assert.deepEqual(complaints, []);
    }
  }
});
