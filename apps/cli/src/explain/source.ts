/** Where records come from: the admin port of a gateway, or a file. What cannot be had is told with the way out. */
import { errorFacts, isRecord } from '@spillway/protocol';

/** A record, or a list of them; a large pool in an exchange with many tries takes some hundred kilobytes. Bytes. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024;
/** The way out where something else is given. */
export const RECORDS = 'give what GET /admin/decisions/{id} or spillway explain --json wrote';
/** The port is on this machine, or near. Milliseconds. */
const ANSWER_MS_MAX = 10_000;

export type Fetched =
  | { readonly kind: 'value'; readonly value: unknown }
  /** `message` names the place, what is wrong, and the way out. */
  | { readonly kind: 'problem'; readonly message: string };

export interface AdminPort {
  /** Without a slash at its end. */
  readonly url: string;
  /** null: none is sent. */
  readonly key: string | null;
}

/** @param requestId null: of the newest decision. */
export async function fetchRecord(admin: AdminPort, requestId: string | null): Promise<Fetched> {
  if (requestId !== null) return fetchJson(admin, `/admin/decisions/${encodeURIComponent(requestId)}`);
  const list = await fetchJson(admin, '/admin/decisions?limit=1');
  if (list.kind === 'problem') return list;
  const newest = newestId(list.value);
  if (newest !== null) return fetchJson(admin, `/admin/decisions/${encodeURIComponent(newest)}`);
  const message = `${admin.url} keeps no decision yet; send a request through the gateway, and see that 'explain.recordsMax' is not 0`;
  return { kind: 'problem', message };
}

function newestId(list: unknown): string | null {
  const decisions: unknown = isRecord(list) ? list.decisions : null;
  const newest: unknown = Array.isArray(decisions) ? decisions[0] : null;
  return isRecord(newest) && typeof newest.requestId === 'string' ? newest.requestId : null;
}

async function fetchJson({ url, key }: AdminPort, path: string): Promise<Fetched> {
  const headers: Record<string, string> = key === null ? {} : { 'api-key': key };
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const response = await fetch(`${url}${path}`, { headers, signal, redirect: 'manual' });
    const text = await textOf(response);
    if (text === null) return tooLarge(url);
    if (response.status === 200) return parsed(text, url);
    const { message } = errorFacts(text);
    return { kind: 'problem', message: `${url} answered ${response.status}: ${message ?? 'no reason given'}` };
  } catch (error) {
    return { kind: 'problem', message: `${url} does not answer (${reasonOf(error)}); ${START}` };
  }
}

const START = 'start the gateway, or name its admin port with --admin';

/** @returns null where it is longer than {@link RECORD_BYTES_MAX}. */
async function textOf(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > RECORD_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code: unknown = isRecord(cause) || cause instanceof Error ? Reflect.get(cause, 'code') : null;
  return typeof code === 'string' ? code : error.message;
}

/** @param chunks of a file, or of standard input. @param place for messages. */
export async function readStream(chunks: AsyncIterable<Buffer>, place: string): Promise<Fetched> {
  const read: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > RECORD_BYTES_MAX) return tooLarge(place);
      read.push(chunk);
    }
  } catch (error) {
    return { kind: 'problem', message: `${place} cannot be read: ${error instanceof Error ? error.message : error}` };
  }
  return parsed(Buffer.concat(read).toString(), place);
}

function parsed(text: string, place: string): Fetched {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    return { kind: 'problem', message: `${place}: what is there is no JSON; ${RECORDS}` };
  }
}

function tooLarge(place: string): Fetched {
  return { kind: 'problem', message: `${place}: larger than ${RECORD_BYTES_MAX} bytes; no record of a decision is` };
}
