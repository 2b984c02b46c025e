/**
 * The page of the admin port: resources, deployments, utilisation and quota, live. Its files hold nothing that is secret, so they are
 * served without the admin key; what they show comes from the admin routes, which ask for it.
 */
import type { ServerResponse } from 'node:http';
import type { AdminAccess } from '../admin/access.ts';
import type { AdminDoor } from '../admin/doors.ts';
import { type Asset, type Assets, PAGE_PATH, pageAssets } from './assets.ts';

/** Nothing from elsewhere, nothing inline, no form that is sent by the browser itself, no frame around it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SAFETY = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** @param load of the files; rejects where they cannot be made. */
export function pageDoor(access: AdminAccess, load: () => Promise<Assets> = pageAssets): AdminDoor {
  return (request, response, { path }) => {
    const { method = 'GET', headers } = request;
    if ((method !== 'GET' && method !== 'HEAD') || (path !== '/' && path !== '/ui' && !path.startsWith(PAGE_PATH))) {
      return false;
    }
    request.resume();
    const refusal = access.refusal(method, (name) => (name === 'host' ? headers.host : undefined));
    // The page asks for the key by itself; a name that is not this machine's is refused as everywhere.
    if (refusal !== null && refusal.status !== 401) {
      send(response, { status: refusal.status, asset: note('Not served under this name', refusal.message) });
      return true;
    }
    const wanted = path.startsWith(PAGE_PATH) ? path : PAGE_PATH;
    load().then(
      (assets) => answer(response, assets.get(wanted), headers['if-none-match']),
      (error: unknown) => send(response, { status: 500, asset: unbuilt(error) }),
    );
    return true;
  };
}

function answer(response: ServerResponse, asset: Asset | undefined, known: string | undefined): void {
  if (asset === undefined) {
    send(response, { status: 404, asset: note('There is no such file', 'The page itself is at /ui/.') });
  } else if (known?.includes(asset.etag)) send(response, { status: 304, asset: { ...asset, body: Buffer.alloc(0) } });
  else send(response, { status: 200, asset });
}

interface Sending {
  readonly status: number;
  readonly asset: Asset;
}

function send(response: ServerResponse, { status, asset }: Sending): void {
  const { contentType, body, etag } = asset;
  // Kept by the browser, and asked about each time: a simulator of another version may be next on this port.
  const caching = etag === '' ? { 'cache-control': 'no-store' } : { 'cache-control': 'no-cache', etag };
  const length = status === 304 ? {} : { 'content-length': body.length };
  response.writeHead(status, { 'content-type': contentType, ...length, ...caching, ...SAFETY });
  response.end(body);
}

/** A page of one sentence, for when there is no other. */
function note(title: string, text: string): Asset {
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>`;
  const body = Buffer.from(`${head}<h1>${escaped(title)}</h1><p>${escaped(text)}</p></html>\n`);
  return { contentType: 'text/html; charset=utf-8', body, etag: '' };
}

function unbuilt(error: unknown): Asset {
  const reason = error instanceof Error ? error.message : String(error);
  const way =
    'It is made from its sources by esbuild when it is first asked for. Run npm ci with optional dependencies, then load this page again; the simulator does its work without it, and GET /admin lists the same as JSON.';
  return note('The page could not be made', `${way} What went wrong: ${reason}`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
