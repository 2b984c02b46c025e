/** The API told: to tools at `/openapi`, to people at the same place. */
import type { Hono } from 'hono';
import { SAFETY } from '../page/page.ts';
import type { Env, Parts } from '../server/context.ts';
import { openApi } from './document.ts';
import { documentPage } from './page.ts';
import { PAGE_STYLE } from './style.ts';

const HTML_TYPE = 'text/html; charset=utf-8';
const CSS_TYPE = 'text/css; charset=utf-8';

export function openApiRoutes(app: Hono<Env>, { version }: Parts): void {
  const document = openApi(version);
  const page = documentPage(document);
  app.get('/openapi', (c) => {
    c.header('vary', 'accept', { append: true });
    const isBrowser = /\btext\/html\b/.test(c.req.header('accept') ?? '');
    return isBrowser ? c.body(page, 200, { ...SAFETY, 'content-type': HTML_TYPE }) : c.json(document);
  });
  app.get('/openapi.json', (c) => c.json(document));
  // The policy of pages takes no style that stands within them.
  app.get('/openapi/style.css', (c) => c.body(PAGE_STYLE, 200, { ...SAFETY, 'content-type': CSS_TYPE }));
}
