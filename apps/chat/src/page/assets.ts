/**
 * The files of the page, made when it is first asked for: TypeScript and styles below `client/` become one script and one style
 * sheet, kept in memory, plain and compressed. Words of each language are files of their own, fetched when somebody wants them.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

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
    readFile(join(CLIENT, 'page.html')),
    readFile(join(CLIENT, 'icon.svg')),
    wordFiles(),
    bundled(),
  ]);
  return new Map([
    ['/', asset('text/html; charset=utf-8', html)],
    [`${PAGE_PATH}icon.svg`, asset('image/svg+xml', icon)],
    [`${PAGE_PATH}page.js`, asset('text/javascript; charset=utf-8', bundle.script)],
    [`${PAGE_PATH}page.css`, asset('text/css; charset=utf-8', bundle.style)],
    ...words.map(({ name, body }) => [`${PAGE_PATH}words/${name}`, asset('application/json', body)] as const),
  ]);
}

async function wordFiles(): Promise<readonly { readonly name: string; readonly body: Buffer }[]> {
  const folder = join(CLIENT, 'words');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => ({ name, body: await readFile(join(folder, name)) })));
}

async function bundled(): Promise<{ readonly script: Buffer; readonly style: Buffer }> {
  // Only here: a server that nobody looks at does not load it.
  const esbuild = await import('esbuild');
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [join(CLIENT, 'main.tsx'), join(CLIENT, 'page.css')],
      bundle: true,
      format: 'esm',
      minify: true,
      target: 'es2023',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
      outdir: CLIENT,
      write: false,
    });
    const ending = (end: string): Buffer =>
      Buffer.from(outputFiles.find(({ path }) => path.endsWith(end))?.contents ?? []);
    return { script: ending('.js'), style: ending('.css') };
  } finally {
    // Its helper process has nothing more to do: the build is made once.
    await esbuild.stop();
  }
}

function asset(contentType: string, body: Buffer): Asset {
  const digest = createHash('sha256').update(body).digest('base64url');
  return { contentType, body, gzipped: gzipSync(body, { level: 9 }), etag: `"${digest.slice(0, 22)}"` };
}
