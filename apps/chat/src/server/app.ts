/** All routes of the server, behind one guard. */
import { Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { VISITOR_HEADER } from '../auth/visitor.ts';
import { pageResponse } from '../page/page.ts';
import { widgetResponse } from '../page/widget/widget.ts';
import { addressed } from './address.ts';
import { bodySize } from './body-size.ts';
import { chatRoutes } from './chat-routes.ts';
import { collectionRoutes } from './collection-routes.ts';
import { contentRoute } from './content-route.ts';
import type { Env, Parts } from './context.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { documentRoutes, tooLarge } from './document-routes.ts';
import { evaluationRoutes } from './evaluation-routes.ts';
import { guard } from './guard.ts';
import { healthRoutes } from './health-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { refuse } from './reply.ts';
import { shareRoutes } from './share-routes.ts';

/** Of a request that is no upload: a conversation of the samples' front ends, which send all of it. Bytes. */
const BODY_BYTES_MAX = 1024 * 1024;
/** Boundaries, names and fields around a file. Bytes. */
const ENVELOPE_BYTES_MAX = 64 * 1024;
/** What begins work; while the app ends, all else is still answered: answers are read on, stopped, looked up. */
const WORK =
  /^\/(?:api\/(?:chat|search|evaluations|documents(?:\/[^/]+\/reindex)?)|chat(?:\/stream)?|ask|v1\/chat\/completions|mcp|indexes(?:\/.*)?)$/;
/** A guess: by then another process has taken over. */
const DRAINING_RETRY_MS = 5_000;
const UPLOADS = /^\/(?:api\/documents|indexes\/[^/]+\/files)$/;

/** @param others routes that are put beside them (compat/). */
export function chatApp(parts: Parts, others: readonly ((app: Hono<Env>, parts: Parts) => void)[]): Hono<Env> {
  const app = new Hono<Env>();
  const { origins } = parts.settings.page;
  app.use('*', (c, next) => parts.tracing.continues((name) => c.req.header(name), next));
  if (origins.length > 0)
    app.use('*', cors({ origin: origins.includes('*') ? '*' : [...origins], exposeHeaders: [VISITOR_HEADER] }));
  app.use('*', addressed(parts.settings.auth.proxies));
  app.use('*', guard(parts));
  app.use('*', draining(parts));
  const small = bodySize(BODY_BYTES_MAX, (c) => refuse(c, 413, 'tooLarge', 'The body is larger than 1 MB.'));
  const upload = bodySize(parts.settings.limits.uploadBytesMax + ENVELOPE_BYTES_MAX, (c) => tooLarge(c, parts));
  app.use('*', (c, next) => (UPLOADS.test(c.req.path) ? upload(c, next) : small(c, next)));
  app.use('/api/*', async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  for (const add of [
    healthRoutes,
    peopleRoutes,
    ownRoutes,
    chatRoutes,
    conversationRoutes,
    shareRoutes,
    documentRoutes,
    collectionRoutes,
    contentRoute,
    evaluationRoutes,
    ...others,
  ]) {
    add(app, parts);
  }
  app.get('*', async (c, next) => {
    const { path } = c.req;
    const ifNoneMatch = c.req.header('if-none-match') ?? null;
    const acceptEncoding = c.req.header('accept-encoding') ?? null;
    const asked = { path, ifNoneMatch, acceptEncoding };
    return (await widgetResponse({ ...asked, isShared: origins.length > 0 })) ?? (await pageResponse(asked)) ?? next();
  });
  app.notFound((c) =>
    refuse(c, 404, 'noRoute', 'There is nothing here. GET /openapi lists what there is; the page is at /.'),
  );
  app.onError((failure, c) => {
    parts.log('error', `${c.req.method} ${c.req.path.slice(0, 200)} failed.`, { reason: failure.message });
    return refuse(c, 500, 'internal', 'The app failed at this request; its log says why.');
  });
  return app;
}

/** A connection that is kept would be asked again here, instead of where the next process listens. */
function draining(parts: Parts): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (parts.isReady()) return next();
    c.header('connection', 'close');
    if (c.req.method !== 'POST' || !WORK.test(c.req.path)) return next();
    return refuse(c, 503, 'draining', 'The app is ending; ask again in a moment.', DRAINING_RETRY_MS);
  };
}
