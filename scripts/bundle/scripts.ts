/** The command as scripts without `node_modules`: `main.mjs`, one for each thread, and pieces that they share or load when needed. */
import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { relocate, scriptName } from './relocate.ts';

/** Asked for by libraries within `try`, and not there in a checkout either: faster or native variants of what they do themselves. */
const OPTIONAL: ReadonlySet<string> = new Set(['bufferutil', 'utf-8-validate', 'pg-native', 'supports-color']);

/** Libraries in CommonJS ask for Node's own modules by `require`, which modules do not have. */
const BANNER = "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);";

export interface Scripts {
  /** Files that went into them, below the checkout. */
  readonly inputs: readonly string[];
  /** Files and folders that they refer to, below the checkout. */
  readonly assets: ReadonlySet<string>;
}

export async function makeScripts(root: string, folder: string): Promise<Scripts> {
  const threads = threadsOf(root);
  const assets = new Set<string>();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'apps/cli/src/main.ts',
      ...Object.fromEntries(threads.map((path) => [scriptName(path), path])),
    },
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Names stay: they are in stacks, and errors are told apart by them.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: false,
    legalComments: 'none',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'error',
    plugins: [sources(root, new Set(threads), assets)],
  });
  refuseStrangers(metafile);
  return { inputs: Object.keys(metafile.inputs), assets };
}

/** Code that is started in a thread, wherever a source says so. */
function threadsOf(root: string): readonly string[] {
  const paths = globSync('apps/*/src/**/*.ts', { cwd: root }).map((path) => path.split(sep).join('/'));
  const sources = paths.filter((path) => !/\.test\.ts$|\/testing\/|\/client\//.test(path));
  const threads = sources.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return text.includes('new Worker(') ? relocate(path, text).workers : [];
  });
  return [...new Set(threads)].sort();
}

function sources(root: string, threads: ReadonlySet<string>, assets: Set<string>): Plugin {
  return {
    name: 'sources',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^esbuild$/ }, () => ({ path: join(import.meta.dirname, 'stand-in.ts') }));
      onLoad({ filter: /[\\/](?:apps|packages)[\\/].*\.ts$/ }, async ({ path }) => {
        if (path.includes('node_modules')) return null;
        const place = relative(root, path).split(sep).join('/');
        const moved = relocate(place, await readFile(path, 'utf8'));
        const missing = moved.workers.find((worker) => !threads.has(worker));
        if (missing !== undefined)
          throw new Error(`${place} starts ${missing}, which scripts/bundle/scripts.ts does not make`);
        for (const asset of moved.assets) assets.add(asset);
        return { contents: moved.text, loader: 'ts' };
      });
    },
  };
}

/** @throws where a script would look for a library outside of the bundle. */
function refuseStrangers({ outputs }: Metafile): void {
  const names = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external === true));
  const strangers = new Set(names.map(({ path }) => path).filter((name) => !isBuiltin(name) && !OPTIONAL.has(name)));
  if (strangers.size > 0) throw new Error(`not in the bundle: ${[...strangers].sort().join(', ')}`);
}
