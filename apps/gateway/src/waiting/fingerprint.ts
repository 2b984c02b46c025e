/** By what a request is known again when it comes back as it was told to: SDKs send the same bytes once more (wire §8.1). */
import { createHash } from 'node:crypto';
import type { Knock } from '@spillway/policy';
import type { Body } from '../body/body.ts';

/** Of a longer body the beginning and the end stand for all. Bytes, of each. */
const END_BYTES_MAX = 32_768;

/** @param retryCount `x-stainless-retry-count` as it came: SDKs say with it that they come for the first time. */
export function knockOf(client: string | null, body: Body, retryCount: string | undefined): Knock {
  return { client, isFirst: retryCount === '0', fingerprint: () => fingerprint(client, body) };
}

function fingerprint(client: string | null, body: Body): string {
  const hash = createHash('sha1');
  hash.update(`${client ?? ''}\n${body.length}\n`);
  if (!Buffer.isBuffer(body)) hash.update(body.seen.head);
  else if (body.length <= 2 * END_BYTES_MAX) hash.update(body);
  else hash.update(body.subarray(0, END_BYTES_MAX)).update(body.subarray(-END_BYTES_MAX));
  return hash.digest('base64');
}
