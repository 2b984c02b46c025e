/** For tests: a small tree of files in a temporary folder. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface SampleTree {
  readonly root: string;
  remove(): void;
}

/** @param files text by path. */
export function sampleTree(files: Readonly<Record<string, string>>): SampleTree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'spillway-sample-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true }) };
}
