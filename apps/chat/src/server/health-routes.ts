/** Is it alive, is it ready, what has it done. */
import type { Hono } from 'hono';
import type { Env, Parts } from './context.ts';
import { refuse } from './reply.ts';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function healthRoutes(app: Hono<Env>, parts: Parts): void {
  for (const path of ['/healthz', '/livez']) app.get(path, (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    if (!parts.isReady()) return c.json({ status: 'draining' }, 503);
    try {
      const { documents, chunks } = await parts.documents.facts();
      // Without a gateway it serves documents all the same: the container is not to be started again for it.
      const missing = parts.settings.models.url === '' ? { missing: 'AZURE_OPENAI_CUSTOM_URL' } : {};
      return c.json({ status: 'ok', documents, chunks, ...missing });
    } catch (error) {
      parts.log('error', 'The store does not answer.', { reason: String(error) });
      return c.json({ status: 'storeDown' }, 503);
    }
  });
  app.get('/metrics', (c) => {
    if (!c.get('reader').isAdmin) return refuse(c, 403, 'notAllowed', 'Metrics are for admins (SPILLWAY_CHAT_ADMINS).');
    return c.body(parts.counters.text(parts.answers.running), 200, { 'content-type': METRICS_TYPE });
  });
}
