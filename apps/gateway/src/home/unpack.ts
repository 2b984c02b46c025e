/** A compressed answer is not rewritten, only looked into: a copy of it, unpacked within bounds. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** What unpacks to more is not looked into. Bytes. */
export const UNPACKED_BYTES_MAX = 4 * 1024 * 1024;

/** @returns null where it cannot be unpacked, or to too much. */
export function readableCopy(bytes: Buffer, encoding: string): Buffer | null {
  const limits = { maxOutputLength: UNPACKED_BYTES_MAX };
  try {
    switch (encoding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, limits);
      case 'deflate':
        return inflateSync(bytes, limits);
      case 'br':
        return brotliDecompressSync(bytes, limits);
      default:
        return null;
    }
  } catch {
    return null;
  }
}
