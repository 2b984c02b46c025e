/**
 * `npm run bundle -- [FOLDER] [--executable FILE]`: the `spillway` command without a checkout: scripts, pages, scenarios and documents in
 * one folder, from which `npm pack` makes a package with no dependencies and deploy/Dockerfile an image. The folder is made anew each time.
 * With `--executable` also one file that needs no Node, for machines like this one.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeExecutable } from './bundle/executable/make.ts';
import { makeBundle } from './bundle/make.ts';
import { refuseOldNode } from './run/node-version.ts';

const ROOT = join(import.meta.dirname, '..');

refuseOldNode('bundle');
const { positionals, values } = parseArgs({ allowPositionals: true, options: { executable: { type: 'string' } } });
// Where it was started, not where the sources are.
const folder = resolve(positionals[0] ?? join(ROOT, 'dist'));
const { bytes, files, libraries } = await makeBundle(ROOT, folder);
console.log(`${files} files, ${megabytes(bytes)}, ${libraries} libraries inside`);
if (values.executable !== undefined) {
  console.log(
    `${values.executable}: ${megabytes(await makeExecutable(folder, values.executable))}, with Node ${process.versions.node} inside`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
