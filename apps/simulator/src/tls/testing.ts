/** For tests: a folder that is gone with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-tls-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
