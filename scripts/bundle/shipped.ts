/** What ships besides code, and under which path: below `lib/` by its path in the checkout, so that code finds it (relocate.ts). */
import { cpSync, globSync } from 'node:fs';
import { join, sep } from 'node:path';

const ASSETS = [
  'apps/planner/scenarios/*.yaml',
  'apps/chat/corpus/{questions,floors}.yaml',
  'apps/chat/corpus/documents/**/*.*',
  'apps/{chat,simulator}/src/page/client/{page.html,icon.svg}',
  'apps/chat/src/page/client/words/*.json',
];

/** For editors: they show what a key means, and which are wrong. */
const SCHEMAS = 'docs/*.schema.json';

/** @param wanted files and folders that code refers to. @throws where one of them has nothing here. */
export function copyShipped(root: string, folder: string, wanted: ReadonlySet<string>): void {
  const assets = found(root, ASSETS);
  for (const path of wanted) {
    const isThere = assets.some((asset) => asset === path || asset.startsWith(path.replace(/\/?$/, '/')));
    if (!isThere && !BUILT.has(path))
      throw new Error(`${path}: code refers to it, and nothing of it ships (scripts/bundle/shipped.ts)`);
  }
  for (const path of assets) cpSync(join(root, path), join(folder, 'lib', path));
  for (const path of found(root, [SCHEMAS])) cpSync(join(root, path), join(folder, path.replace('docs', 'schemas')));
  for (const path of ['LICENSE', 'CHANGELOG.md']) cpSync(join(root, path), join(folder, path));
  cpSync(join(root, 'scripts/bundle/package.md'), join(folder, 'README.md'));
}

/** Folders of which only what esbuild makes of them is asked for (pages.ts). */
const BUILT: ReadonlySet<string> = new Set(['apps/chat/src/page/widget']);

function found(root: string, patterns: readonly string[]): readonly string[] {
  const paths = globSync([...patterns], { cwd: root }).map((path) => path.split(sep).join('/'));
  if (paths.length === 0) throw new Error(`${patterns.join(', ')}: no such file`);
  return paths.sort();
}
