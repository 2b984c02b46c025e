/**
 * What every request passes first. A browser on this machine must not be led here by another site: neither under a name that its
 * owner lets point to 127.0.0.1 (DNS rebinding), nor by a form or script of a page elsewhere.
 */
import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { isLoopback, nameOfHost } from '../auth/exposure.ts';
import { VISITOR_HEADER } from '../auth/visitor.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { isSecure, refuse } from './reply.ts';

/** Answered to everybody: probes, the page, and what it needs before somebody has signed in. */
const OPEN =
  /^\/(?:$|ui\/|widget(?:\.js$|\/)|shared\/|healthz$|livez$|readyz$|openapi(?:$|\.json$|\/style\.css$)|auth\/|api\/config$|api\/sign-in$|api\/sign-out$|config$|auth_setup$)/;

export function guard(parts: Parts): MiddlewareHandler<Env> {
  return async (c, next) => {
    const refusal = foreign(c, parts);
    if (refusal !== null) return refusal;
    const known = parts.visitors.recognise({
      header: (name) => c.req.header(name),
      cookie: (name) => getCookie(c, name),
      address: c.get('address'),
      isSecure: isSecure(c),
    });
    if (known.kind === 'known') c.set('reader', known.reader);
    else if (!OPEN.test(c.req.path)) return refuse(c, 401, 'notSignedIn', 'Sign in first.');
    else c.set('reader', { user: null, groups: [], isAdmin: false });
    await next();
    if (known.kind === 'known' && known.setCookie !== null) {
      c.header('set-cookie', known.setCookie, { append: true });
      // A page of another origin keeps no cookie of ours; it tells this again with each request. Our own page is not to read it.
      if (isElsewhere(c)) c.header(VISITOR_HEADER, /=([^;]*)/.exec(known.setCookie)?.[1] ?? '');
    }
    return undefined;
  };
}

function foreign(c: Ctx, { isOwnMachine, settings }: Parts): Response | null {
  const host = c.req.header('host') ?? '';
  if (isOwnMachine && !isLoopback(nameOfHost(host))) {
    return refuse(
      c,
      403,
      'foreignHost',
      "The app answers on this machine alone, and 'host' names another one. Ask it as 127.0.0.1.",
    );
  }
  if (!isElsewhere(c) || c.req.method === 'GET' || c.req.method === 'HEAD') return null;
  const origin = c.req.header('origin') ?? '';
  const { origins } = settings.page;
  // Pages elsewhere that are allowed bring a key of their own; a cookie from there counts for nothing.
  const isAllowed = origins.includes('*') || origins.includes(origin);
  if (isAllowed && c.req.header('cookie') === undefined) return null;
  return refuse(
    c,
    403,
    'foreignOrigin',
    'A page of another site asked. Its origin can be allowed with ALLOWED_ORIGINS.',
  );
}

/** A page asks whose origin is not ours. */
function isElsewhere(c: Ctx): boolean {
  const origin = c.req.header('origin');
  return origin !== undefined && URL.parse(origin)?.host !== c.req.header('host')?.toLowerCase();
}
