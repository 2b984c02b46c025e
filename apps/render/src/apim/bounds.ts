/** Which bounds of a client API Management could not keep. */
import type { Client } from '@spillway/config';

export function boundedBeyond({ access, allowance }: Client): readonly string[] {
  return [
    ...(access.operations === null ? [] : ['operations']),
    ...(access.addresses === null ? [] : ['addresses']),
    ...(allowance === null ? [] : ['regions, types, versions, filters, features or context']),
  ];
}
