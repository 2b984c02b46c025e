/**
 * The page as a server gives it out: the files at `/` and below `/ui/`, with a policy that lets nothing from elsewhere in. They hold
 * nothing secret, so they are served before anybody signs in; what they show comes from `/api`, which asks who is there.
 */
import { type Asset, type Assets, PAGE_PATH, pageAssets } from './assets.ts';

/**
 * Nothing from elsewhere, nothing inline, no form that is sent by the browser itself, no frame around it. Text of documents and models
 * is never read as HTML, and where it were, it could neither run nor load anything.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** For whatever is shown as a page here. */
export const SAFETY = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  // The microphone is for questions that are spoken; the browser asks its user first.
  'permissions-policy': 'camera=(), geolocation=(), microphone=(self)',
};

export interface PageRequest {
  /** Without query. */
  readonly path: string;
  readonly ifNoneMatch: string | null;
  readonly acceptEncoding: string | null;
}

/** A conversation that somebody shares: the page itself reads which one from its address. */
const SHARED = /^\/shared\/[^/]+$/;

/** @param load of the files; rejects where they cannot be made. @returns null: the path is not the page's. */
export async function pageResponse(
  request: PageRequest,
  load: () => Promise<Assets> = pageAssets,
): Promise<Response | null> {
  const { path } = request;
  if (path !== '/' && !path.startsWith(PAGE_PATH) && !SHARED.test(path)) return null;
  try {
    const asset = (await load()).get(SHARED.test(path) ? '/' : path);
    return asset === undefined
      ? note(404, 'There is no such file', 'The page itself is at /.')
      : answer(asset, request);
  } catch (error) {
    return unbuilt(error);
  }
}

function answer(asset: Asset, { ifNoneMatch, acceptEncoding }: PageRequest): Response {
  // Kept by the browser, and asked about each time: a server of another version may be next on this port.
  const headers = { ...SAFETY, 'cache-control': 'no-cache', etag: asset.etag, vary: 'accept-encoding' };
  if (ifNoneMatch?.includes(asset.etag)) return new Response(null, { status: 304, headers });
  const isGzipped = /\bgzip\b/.test(acceptEncoding ?? '');
  const body = isGzipped ? asset.gzipped : asset.body;
  const encoding = isGzipped ? { 'content-encoding': 'gzip' } : {};
  const described = { ...headers, ...encoding, 'content-type': asset.contentType, 'content-length': `${body.length}` };
  return new Response(new Uint8Array(body), { headers: described });
}

/** A page of one sentence, for when there is no other. */
function note(status: number, title: string, text: string): Response {
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>`;
  const body = `${head}<h1>${escaped(title)}</h1><p>${escaped(text)}</p></html>\n`;
  const headers = { ...SAFETY, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return new Response(body, { status, headers });
}

function unbuilt(error: unknown): Response {
  const reason = error instanceof Error ? error.message : String(error);
  const way =
    'It is made from its sources by esbuild when it is first asked for. Run npm ci with optional dependencies, then load this page again; the API below /api works without it.';
  return note(500, 'The page could not be made', `${way} What went wrong: ${reason}`);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
