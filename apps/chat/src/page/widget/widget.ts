/**
 * `/widget.js` as a server gives it out, and below `/widget/` the script that it fetches when somebody asks: made from `client/` when
 * first asked for, and kept in memory. They hold nothing secret; what may be shown is asked of `/api`, which knows who is there.
 */
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Asset, pageAssets } from '../assets.ts';

export const WIDGET_PATHS = /^\/widget(?:\.js|\/[\w-]+\.js)$/;

/** By the path that it is served at. */
export type WidgetScripts = ReadonlyMap<string, Asset>;

export interface WidgetRequest {
  /** Without query. */
  readonly path: string;
  readonly ifNoneMatch: string | null;
  readonly acceptEncoding: string | null;
  /** Pages of other origins may have it, too: `ALLOWED_ORIGINS` names some. */
  readonly isShared: boolean;
}

/** One build for each process; a failed one is tried again when next asked for. */
let built: Promise<WidgetScripts> | null = null;

/** @throws (as a rejection) Error of the build, for a person to read. */
export function widgetScripts(): Promise<WidgetScripts> {
  built ??= build().catch((error: unknown) => {
    built = null;
    throw error;
  });
  return built;
}

/** @param load of the scripts; rejects where they cannot be made. @returns null: the path is not the widget's. */
export async function widgetResponse(
  { path, ifNoneMatch, acceptEncoding, isShared }: WidgetRequest,
  load: () => Promise<WidgetScripts> = widgetScripts,
): Promise<Response | null> {
  if (!WIDGET_PATHS.test(path)) return null;
  const headers = {
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': isShared ? 'cross-origin' : 'same-origin',
    vary: 'accept-encoding',
  };
  try {
    const script = (await load()).get(path);
    if (script === undefined) return null;
    const { body, gzipped, etag, contentType } = script;
    const tagged = { ...headers, etag };
    if (ifNoneMatch?.includes(etag)) return new Response(null, { status: 304, headers: tagged });
    const isGzipped = /\bgzip\b/.test(acceptEncoding ?? '');
    const sent = isGzipped ? gzipped : body;
    const encoding = isGzipped ? { 'content-encoding': 'gzip' } : {};
    const described = { ...tagged, ...encoding, 'content-type': contentType, 'content-length': `${sent.length}` };
    return new Response(new Uint8Array(sent), { headers: described });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `// The widget could not be made: ${reason.replaceAll(/\s+/g, ' ')}. Run npm ci with optional dependencies.\n`;
    return new Response(text, { status: 500, headers: { ...headers, 'content-type': SCRIPT_TYPE } });
  }
}

const SCRIPT_TYPE = 'text/javascript; charset=utf-8';
/** Where esbuild is to think that it writes. */
const OUT = join(import.meta.dirname, 'out');

async function build(): Promise<WidgetScripts> {
  // One after the other: whoever is ready first ends the helper process of esbuild, which they share.
  await pageAssets().catch(() => {});
  const esbuild = await import('esbuild');
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: { widget: join(import.meta.dirname, 'client/main.tsx') },
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      target: 'es2023',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
      outdir: OUT,
      chunkNames: 'widget/[name]-[hash]',
      write: false,
    });
    return new Map(
      outputFiles.map(({ path, contents }) => [`/${relative(OUT, path)}`, scriptOf(Buffer.from(contents))]),
    );
  } finally {
    await esbuild.stop();
  }
}

function scriptOf(body: Buffer): Asset {
  const digest = createHash('sha256').update(body).digest('base64url');
  return {
    contentType: SCRIPT_TYPE,
    body,
    gzipped: gzipSync(body, { level: 9 }),
    etag: `"${digest.slice(0, 22)}"`,
  };
}
