/** What a cookie holds: a few facts, until when they hold, and a signature that only this process, or its likes, can make. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Secret } from '../settings/secret.ts';

const KEY_BYTES = 32;

export class Tickets {
  readonly #key: Buffer | string;

  /** @param key null: a new one, known to this process alone. */
  constructor(key: Secret | null) {
    this.#key = key?.reveal() ?? randomBytes(KEY_BYTES);
  }

  /** @param purpose a ticket for one is none for another. */
  issue(purpose: string, facts: unknown, untilMs: number): string {
    const body = Buffer.from(JSON.stringify({ facts, untilMs })).toString('base64url');
    return `${body}.${this.#sign(purpose, body)}`;
  }

  /** null where it is not ours, was changed, or is past its time. */
  read<T>(purpose: string, text: string, schema: z.ZodType<T>, nowMs: number): T | null {
    const [body = '', signature = ''] = text.split('.');
    const given = Buffer.from(signature);
    const wanted = Buffer.from(this.#sign(purpose, body));
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
    const held = z.object({ facts: schema, untilMs: z.number() }).safeParse(parsed(body));
    return held.success && held.data.untilMs > nowMs ? held.data.facts : null;
  }

  #sign(purpose: string, body: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}:${body}`).digest('base64url');
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString());
  } catch {
    return null;
  }
}
