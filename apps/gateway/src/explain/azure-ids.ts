/** The headers by which Azure's support finds a request (wire §4.1), out of all that an answer had. */
import { type AzureIds, NO_AZURE_IDS } from '@spillway/policy';
import type { RawHeaders } from '../listen/inbound.ts';

/** Azure's own have 36; what is longer is none of them. */
const ID_CHARS_MAX = 128;

/** One pass over the headers: every answer comes through here. */
export function azureIds(headers: RawHeaders): AzureIds {
  let apimRequestId: string | null = null;
  let requestId: string | null = null;
  let region: string | null = null;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const { length } = name;
    if (length !== 11 && length !== 12 && length !== 15) continue;
    const lower = name.toLowerCase();
    if (lower === 'apim-request-id') apimRequestId ??= idIn(headers[i + 1]);
    else if (lower === 'x-request-id') requestId ??= idIn(headers[i + 1]);
    else if (lower === 'x-ms-region') region ??= idIn(headers[i + 1]);
  }
  return apimRequestId === null && requestId === null && region === null
    ? NO_AZURE_IDS
    : { apimRequestId, requestId, region };
}

function idIn(value: string | undefined): string | null {
  return value === undefined || value.length > ID_CHARS_MAX ? null : value;
}
