/**
 * The files of the page, made when it is first asked for: TypeScript and styles below `client/` become scripts and one style sheet,
 * kept in memory, plain and compressed. What is rarely opened is a script of its own, and so are the words of each language: they are
 * fetched when somebody wants them.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile, Plugin } from 'esbuild';

export interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  /** Changes with the body; in quotes, as it is sent. */
  readonly etag: string;
}

/** By the path that it is served at. */
export type Assets = ReadonlyMap<string, Asset>;

const CLIENT = join(import.meta.dirname, 'client');
export const PAGE_PATH = '/ui/';

/** One build for each process, whatever number of servers it runs; a failed one is tried again when next asked for. */
let built: Promise<Assets> | null = null;

/** @throws (as a rejection) Error of the build, for a person to read. */
export function pageAssets(): Promise<Assets> {
  built ??= build().catch((error: unknown) => {
    built = null;
    throw error;
  });
  return built;
}

async function build(): Promise<Assets> {
  const [html, icon, words, bundle] = await Promise.all([
    readFile(join(CLIENT, 'page.html'), 'utf8'),
    readFile(join(CLIENT, 'icon.svg')),
    wordFiles(),
    bundled(),
  ]);
  return new Map([
    ['/', asset('text/html; charset=utf-8', Buffer.from(withPreloads(html, bundle.first)))],
    [`${PAGE_PATH}icon.svg`, asset('image/svg+xml', icon)],
    ...bundle.files.map(({ name, body }) => [`${PAGE_PATH}${name}`, asset(typeOf(name), body)] as const),
    ...words.map(({ name, body }) => [`${PAGE_PATH}words/${name}`, asset('application/json', body)] as const),
  ]);
}

interface Named {
  readonly name: string;
  readonly body: Buffer;
}

function typeOf(name: string): string {
  return name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
}

/** Scripts that the first one imports are fetched beside it, not after it. */
function withPreloads(html: string, first: readonly string[]): string {
  const links = first.map((name) => `<link rel="modulepreload" href="${PAGE_PATH}${name}">`);
  return html.replace(/(\n *)(<script )/, (_, space: string, script: string) =>
    [...links, script].map((each) => space + each).join(''),
  );
}

async function wordFiles(): Promise<readonly Named[]> {
  const folder = join(CLIENT, 'words');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => ({ name, body: await readFile(join(folder, name)) })));
}

interface Bundle {
  readonly files: readonly Named[];
  /** Scripts that `page.js` cannot begin without. */
  readonly first: readonly string[];
}

async function bundled(): Promise<Bundle> {
  // Only here: a server that nobody looks at does not load it.
  const esbuild = await import('esbuild');
  try {
    const { outputFiles, metafile } = await esbuild.build({
      entryPoints: { page: join(CLIENT, 'main.tsx'), style: join(CLIENT, 'page.css') },
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      target: 'es2023',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
      outdir: CLIENT,
      chunkNames: '[name]-[hash]',
      plugins: [ONE_BEGINNING],
      metafile: true,
      write: false,
    });
    const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), body: Buffer.from(contents) }));
    return { files, first: importedBy('page.js', importsIn(metafile)) };
  } finally {
    // Its helper process has nothing more to do: the build is made once.
    await esbuild.stop();
  }
}

/** All that is there from the beginning hangs on it. */
const APP = join(CLIENT, 'parts/app.tsx');

/**
 * Whatever is fetched later says that it needs the whole beginning, which is there by then: so that is one script. Else esbuild cuts it
 * in pieces by who shares which file, and pieces compress badly: twelve took 7 kB more.
 */
const ONE_BEGINNING: Plugin = {
  name: 'one-beginning',
  setup(build) {
    const isLater = {};
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
      kind === 'dynamic-import' ? { path: join(resolveDir, path), pluginData: isLater } : null,
    );
    build.onLoad({ filter: /\.tsx?$/ }, async ({ path, pluginData }) => {
      if (pluginData !== isLater) return null;
      const contents = `${await readFile(path, 'utf8')}\nimport ${JSON.stringify(APP)};\n`;
      return { contents, loader: 'tsx', resolveDir: dirname(path) };
    });
  },
};

/** Of each script, those that it can not begin without. */
function importsIn({ outputs }: Metafile): ReadonlyMap<string, readonly string[]> {
  const needed = (imports: Metafile['outputs'][string]['imports']): readonly string[] =>
    imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path));
  return new Map(Object.entries(outputs).map(([path, { imports }]) => [basename(path), needed(imports)]));
}

/** All of them, also those that others bring along. */
function importedBy(script: string, imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set(imports.get(script));
  // A set that grows while it is gone through: each is met once.
  for (const name of found) for (const next of imports.get(name) ?? []) found.add(next);
  return [...found];
}

function asset(contentType: string, body: Buffer): Asset {
  const digest = createHash('sha256').update(body).digest('base64url');
  return { contentType, body, gzipped: gzipSync(body, { level: 9 }), etag: `"${digest.slice(0, 22)}"` };
}
