/**
 * Which requests are equal: same method, path and body. Query and headers do not count, so that a recording outlives keys, SDK
 * versions and ports (simulator reference S-90).
 */
import { createHash, type Hash } from 'node:crypto';
import { apiVersionOf, type HeaderLookup, isRecord } from '@spillway/protocol';

export interface Matching {
  /** json: bodies of JSON that differ in blanks and in the order of keys alone are equal. */
  readonly body: 'exact' | 'json';
  readonly apiVersion: 'ignored' | 'compared';
}

export interface KeyedRequest {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly header: HeaderLookup;
  readonly body: Buffer;
}

/** A hash, behind the name of the matching that made it: keys of another matching are never found. */
export function keyOf(request: KeyedRequest, matching: Matching): string {
  const { method, path, query, body } = request;
  const hash = createHash('sha256').update(`${method} ${path}\n`);
  if (matching.apiVersion === 'compared') hash.update(`${apiVersionOf(query) ?? ''}\n`);
  const boundary = boundaryOf(request.header('content-type'));
  if (boundary !== null) hashMultipart(hash, body, boundary);
  else hash.update((matching.body === 'json' ? canonical(body) : null) ?? body);
  return `${prefixOf(matching)}${hash.digest('hex')}`;
}

/** What the keys of this matching begin with. */
export function prefixOf({ body, apiVersion }: Matching): string {
  return `${body}${apiVersion === 'compared' ? '+version' : ''}:`;
}

/** Clients draw a boundary by chance for each request. Source: RFC 2046 §5.1.1 (up to 70 characters). */
function boundaryOf(contentType: string | undefined): string | null {
  if (contentType === undefined || !/^multipart\//i.test(contentType)) return null;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}

function hashMultipart(hash: Hash, body: Buffer, boundary: string): void {
  const delimiter = Buffer.from(`--${boundary}`);
  let from = 0;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, from)) {
    hash.update(body.subarray(from, at)).update('--boundary');
    from = at + delimiter.length;
  }
  hash.update(body.subarray(from));
}

/** @returns null where the body is no JSON, or nested so deep that it cannot be written again. */
function canonical(body: Buffer): string | null {
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8')), sorted);
  } catch {
    return null;
  }
}

function sorted(_name: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
