/** How large a body may be, by what its head says: Node lets no more through than that, and one without a length is not taken. */
import type { MiddlewareHandler } from 'hono';
import type { Ctx, Env } from './context.ts';
import { refuse } from './reply.ts';

export function bodySize(bytesMax: number, tooLarge: (c: Ctx) => Response): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined) {
      return refuse(c, 411, 'noLength', "Send the body with 'content-length', not in chunks.");
    }
    const length = Number(c.req.header('content-length') ?? 0);
    if (!(length <= bytesMax)) return tooLarge(c);
    return next();
  };
}
