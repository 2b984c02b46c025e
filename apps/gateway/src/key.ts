/** Keys that callers send: where they stand, and how they are compared without telling anything of the right one. */
import { hash, timingSafeEqual } from 'node:crypto';

/** The credential of `authorization: Bearer …`; undefined where it is of another kind, or absent. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined;
}

/** Digests have one length, and how far two of them agree says nothing of the keys. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'base64');
}

/** In the same time wherever they differ. */
export function sameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
