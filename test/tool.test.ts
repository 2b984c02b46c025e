import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEBIAN_PACKAGES, found, tool } from './tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'spillway-tool-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'present'), '#!/bin/sh\n');
chmodSync(join(folder, 'present'), 0o755);
writeFileSync(join(folder, 'notExecutable'), '');
mkdirSync(join(folder, 'folder'));

test('found: gives the path of a program that is there', () => {
  const none = join(folder, 'none');
  assert.deepEqual(found('present', 'present-pkg', [none, folder], true), {
    path: join(folder, 'present'),
    skip: false,
  });
});

for (const name of ['absent', 'folder', 'notExecutable']) {
  test(`found: what is no program (${name}) is a skip that names the Debian package`, () => {
    const want = { path: null, skip: `${name} is not installed (Debian package some-pkg)` };
    assert.deepEqual(found(name, 'some-pkg', [folder], false), want);
  });
}

test('found: with CI a missing program throws and names the Debian package', () => {
  assert.throws(() => found('absent', 'some-pkg', [folder], true), /absent.*Debian package some-pkg.*CI=true/);
});

test('tool: says where nginx is, or why the test is skipped, and never both', () => {
  const nginx = tool('nginx', { PATH: process.env.PATH });
  assert.equal(nginx.path === null, typeof nginx.skip === 'string');
  if (nginx.path === null) assert.match(nginx.skip, new RegExp(DEBIAN_PACKAGES.nginx));
});
