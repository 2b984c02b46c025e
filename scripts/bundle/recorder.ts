/** esbuild for the pages' own code (pages.ts sees to that): builds as ever, and keeps what came of it. */
import { join, relative, sep } from 'node:path';
import * as esbuild from 'esbuild';
import { type EntryPoints, type KeptBuild, type KeptOutput, keyOf } from './kept-builds.ts';

const ROOT = join(import.meta.dirname, '../..');

export const kept = new Map<string, KeptBuild>();
/** Files that went into a page, below the checkout. */
export const inputs = new Set<string>();

export async function build(
  options: esbuild.BuildOptions & { readonly entryPoints: EntryPoints; readonly write: false },
) {
  const built = await esbuild.build({ ...options, metafile: true, absWorkingDir: ROOT });
  for (const path of Object.keys(built.metafile.inputs)) inputs.add(path);
  kept.set(keyOf(options.entryPoints, ROOT), {
    files: built.outputFiles.map(({ path, text }) => ({ path: relative(ROOT, path).split(sep).join('/'), text })),
    outputs: Object.fromEntries(
      Object.entries(built.metafile.outputs).map(([path, output]): [string, KeptOutput] => [
        path,
        { imports: output.imports.map((each) => ({ path: each.path, kind: each.kind })) },
      ]),
    ),
  });
  return built;
}

/** The bundle itself is made after the pages: whoever made them does not end the helper process. */
export async function stop(): Promise<void> {}
