/**
 * `npm run bundle [FOLDER]`: the `spillway` command without a checkout: scripts, pages, scenarios and documents in one folder, from which
 * `npm pack` makes a package with no dependencies and deploy/Dockerfile an image. The folder is made anew each time.
 */
import { join } from 'node:path';
import { makeBundle } from './bundle/make.ts';
import { refuseOldNode } from './run/node-version.ts';

const ROOT = join(import.meta.dirname, '..');

refuseOldNode('bundle');
const { bytes, files, libraries } = await makeBundle(ROOT, process.argv[2] ?? join(ROOT, 'dist'));
console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${libraries} libraries inside`);
