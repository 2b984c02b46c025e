/** Puts the bundle together, in a folder that is then a package for npm. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { KEPT_FILE } from './kept-builds.ts';
import { launcher, manifest } from './manifest.ts';
import { makePages } from './pages.ts';
import { sbom } from './sbom.ts';
import { makeScripts } from './scripts.ts';
import { copyShipped } from './shipped.ts';
import { librariesOf, thirdPartyText } from './third-party.ts';

export interface Bundled {
  readonly files: number;
  readonly bytes: number;
  /** Libraries that are inside. */
  readonly libraries: number;
  /** Files of the checkout that went into scripts and pages, below its root. */
  readonly inputs: readonly string[];
}

/** @param folder is made anew. */
export async function makeBundle(root: string, folder: string): Promise<Bundled> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  try {
    const pages = await makePages();
    const scripts = await makeScripts(root, join(folder, 'lib'));
    copyShipped(root, folder, scripts.assets);
    const inputs = [...new Set([...scripts.inputs, ...pages.inputs])];
    const libraries = librariesOf(root, inputs);
    const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
    write(`lib/${KEPT_FILE}`, JSON.stringify(pages.builds));
    write('THIRD-PARTY.txt', thirdPartyText(libraries, readFileSync(join(root, 'LICENSE'), 'utf8')));
    const source = readFileSync(join(root, 'apps/cli/package.json'), 'utf8');
    write('sbom.cdx.json', sbom(JSON.parse(source).version, libraries));
    write('package.json', manifest(source));
    write('bin/spillway.mjs', launcher(readFileSync(join(root, 'apps/cli/bin/spillway.mjs'), 'utf8')));
    chmodSync(join(folder, 'bin/spillway.mjs'), 0o755);
    return { ...sizeOf(folder), libraries: libraries.length, inputs };
  } finally {
    await stop();
  }
}

function sizeOf(folder: string): Pick<Bundled, 'files' | 'bytes'> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { files: files.length, bytes };
}
