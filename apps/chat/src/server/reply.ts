/** Answers that many routes give: refusals, and lines of JSON as they come. */
import type { z } from 'zod';
import { refuseDeepJson } from '../extract/nesting.ts';
import type { Refusal, RefusalCode } from './api.ts';
import type { Ctx } from './context.ts';

type Status = 400 | 401 | 403 | 404 | 409 | 411 | 413 | 415 | 429 | 500 | 503;

export function refuse(c: Ctx, status: Status, code: RefusalCode, message: string, retryAfterMs?: number): Response {
  if (retryAfterMs !== undefined) c.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  const error = { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return c.json<Refusal>({ error }, status);
}

/** Behind a proxy that ends TLS, the browser still speaks https. */
export function isSecure(c: Ctx): boolean {
  return c.req.header('x-forwarded-proto') === 'https' || c.req.url.startsWith('https:');
}

export type Read<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly response: Response };

/** Brackets within brackets, in a body. What is deeper cannot be told again: writing JSON recurses. */
const NESTING_MAX = 100;

/** The body as JSON of that shape. */
export async function bodyOf<T>(c: Ctx, schema: z.ZodType<T>): Promise<Read<T>> {
  let body: unknown;
  try {
    const text = await c.req.text();
    refuseDeepJson(text, NESTING_MAX);
    body = JSON.parse(text);
  } catch {
    return {
      kind: 'refused',
      response: refuse(c, 400, 'notJson', 'The body is not JSON, or nested too deep; send one JSON object.'),
    };
  }
  return checked(c, schema, body);
}

export function queryOf<T>(c: Ctx, schema: z.ZodType<T>): Read<T> {
  return checked(c, schema, c.req.query());
}

/** In an error about a body. */
const ISSUES_MAX = 10;

function checked<T>(c: Ctx, schema: z.ZodType<T>, given: unknown): Read<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  const issues = parsed.error.issues.slice(0, ISSUES_MAX);
  const told = issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
  return { kind: 'refused', response: refuse(c, 400, 'badRequest', `${told}. GET /openapi has the shape.`) };
}

const NO_STORE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** One line for each; the reader that leaves ends it. */
export function streamed(
  lines: AsyncIterable<string>,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: { 'content-type': contentType, ...NO_STORE, ...headers } });
}

export async function* linesOf(events: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}
