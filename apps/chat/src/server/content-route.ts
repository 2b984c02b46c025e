/** Documents as they were, at `/content/<path>`. They come from the store, never from a folder; nothing in them runs. */
import type { Hono } from 'hono';
import type { DocumentRow } from '../store/store.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { noDocument } from './document-routes.ts';

const PREFIX = '/content/';
/** Shown by browsers without running anything; all else is text, or a download. */
const SHOWN = /^(?:application\/pdf|image\/(?:png|jpeg|gif|webp))$/;
const TEXT = /^(?:text\/|application\/(?:json|xml|xhtml\+xml|javascript)|image\/svg)/;

/** Looked up where no path fits, so that time does not tell either what there is; no document has it. */
export const NO_ID = '0'.repeat(32);

export function contentRoute(app: Hono<Env>, { documents }: Parts): void {
  app.get(`${PREFIX}*`, async (c) => {
    const path = pathOf(c);
    const row = path === null ? null : await documents.byPath(path);
    const seen = await documents.document(row?.id ?? NO_ID, c.get('reader'));
    const bytes = seen === null ? null : await documents.original(seen.id, c.get('reader'));
    // One answer for what is not there and for what this user may not see: names of documents tell something, too.
    if (seen === null || bytes === null) return noDocument(c);
    return new Response(new Uint8Array(bytes), { headers: headersOf(seen, bytes.length) });
  });
}

/** Decoded once; null for a broken escape. `..` leads nowhere: it is looked up as it is written. */
function pathOf(c: Ctx): string | null {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname.slice(PREFIX.length));
  } catch {
    return null;
  }
}

function headersOf({ mediaType, path, hash }: DocumentRow, length: number): Record<string, string> {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
  const isShown = SHOWN.test(type);
  const isText = TEXT.test(type);
  const name = encodeURIComponent(path.split('/').at(-1) ?? 'document').replace(/['()*]/g, escapedByte);
  return {
    'content-type': isShown ? type : isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'content-length': String(length),
    'content-disposition': `${isShown || isText ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    // A sandbox would keep Chromium's own viewer of PDFs out.
    'content-security-policy': `default-src 'none'; frame-ancestors 'self'${isShown ? '' : '; sandbox'}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-cache',
    etag: `"${hash.slice(0, 32)}"`,
  };
}

function escapedByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
