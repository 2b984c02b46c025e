/** Whose code is in the bundle, found by another way than the bundle finds it, and compared with what it says. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CARRIED } from '../../scripts/bundle/carried.ts';
import { makeBundle } from '../../scripts/bundle/make.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Of the innermost folder above the file whose `package.json` has both: it is looked for, and not read off the path. */
function packageAbove(path: string): string {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const file = join(ROOT, folder, 'package.json');
    if (!existsSync(file)) continue;
    const found: { readonly name?: string; readonly version?: string } = JSON.parse(readFileSync(file, 'utf8'));
    if (found.name !== undefined && found.version !== undefined) return `${found.name} ${found.version}`;
  }
  return assert.fail(`${path} belongs to no package`);
}

test('bundle: THIRD-PARTY.txt names the package of every file that went in, and none besides, each with a text', {
  timeout: 60_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-licences-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { inputs } = await makeBundle(ROOT, folder);
  const theirs = inputs.filter((path) => path.includes('node_modules/'));
  assert.ok(theirs.length > 1000, `${theirs.length} files`);
  const ours = inputs.filter((path) => !path.includes('node_modules/'));
  assert.deepEqual(
    ours.filter((path) => !/^(?:apps|packages|scripts\/bundle)\//.test(path)),
    [],
  );
  const parts = readFileSync(join(folder, 'THIRD-PARTY.txt'), 'utf8')
    .split(`${'-'.repeat(80)}\n`)
    .slice(1);
  const named = parts.map((part) => part.split('\n')[0] ?? '').filter((title) => !title.includes(', within '));
  assert.deepEqual(named.toSorted(), [...new Set(theirs.map(packageAbove))].toSorted());
  for (const part of parts) assert.match(part, /^.+\nLicence: .+\n\n(?:.|\n)*(?:copyright|\(c\))/i);
  assert.equal(parts.length - named.length, CARRIED.length);
});
