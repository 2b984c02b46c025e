/** Keys that callers send: where they stand, and how they are compared without telling anything of the right one. */
import { hash } from 'node:crypto';

/** The credential of `authorization: Bearer …`; undefined where it is of another kind, or absent. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined;
}

/** Digests have one length, and how far two of them agree says nothing of the keys. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'base64');
}
