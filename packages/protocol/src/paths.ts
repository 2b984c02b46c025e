/**
 * Where a request of an Azure OpenAI client points: the dialect, the deployment named in the path, the operation.
 * Source: wire reference §1 (URL shapes). It leaves the body (see body.ts) and the query string's meaning to others.
 */

/** classic: deployment in the path. resource: below `/openai/` without a deployment. v1: below `/openai/v1/`, deployment in the body. */
export type Dialect = 'classic' | 'resource' | 'v1';

export interface Target {
  readonly dialect: Dialect;
  /** Deployment segment, percent-decoded; null where the path names none. */
  readonly deployment: string | null;
  /** What follows the deployment or the mount, without a leading slash: `chat/completions`, `files/file-1`. Case kept. */
  readonly operation: string;
}

/** First segments accepted at the root, without `/openai`: clients built with a verbatim base URL send them (wire §8.3). */
const BARE_OPERATIONS = ['chat/completions', 'embeddings', 'responses'];

/**
 * @param path the path of a request target, percent-encoded, without query.
 * @param hasApiVersion whether the query names `api-version`: a bare `/responses` with one is resource-level, without one v1.
 * @returns null where the path is none of Azure OpenAI's.
 */
export function parsePath(path: string, hasApiVersion = false): Target | null {
  if (hasSegmentBelow(path, '/openai/v1')) return { dialect: 'v1', deployment: null, operation: path.slice(11) };
  if (path.startsWith('/openai/deployments/')) return classic(path.slice(20));
  if (hasSegmentBelow(path, '/openai')) return { dialect: 'resource', deployment: null, operation: path.slice(8) };
  if (path.startsWith('/deployments/')) return classic(path.slice(13));
  if (hasSegmentBelow(path, '/v1')) return { dialect: 'v1', deployment: null, operation: path.slice(4) };
  for (const bare of BARE_OPERATIONS) {
    if (path !== `/${bare}` && !path.startsWith(`/${bare}/`)) continue;
    return { dialect: hasApiVersion ? 'resource' : 'v1', deployment: null, operation: path.slice(1) };
  }
  return null;
}

/** The path to send upstream, with the deployment's own name there; the rest of the path stays as the client wrote it. */
export function upstreamPath(target: Target, deployment: string | null): string {
  switch (target.dialect) {
    case 'classic':
      return `/openai/deployments/${encodeURIComponent(deployment ?? target.deployment ?? '')}/${target.operation}`;
    case 'resource':
      return `/openai/${target.operation}`;
    case 'v1':
      return `/openai/v1/${target.operation}`;
  }
}

function hasSegmentBelow(path: string, mount: string): boolean {
  return path.startsWith(mount) && path.charCodeAt(mount.length) === 47 && path.length > mount.length + 1;
}

function classic(rest: string): Target | null {
  const slash = rest.indexOf('/');
  if (slash < 1 || slash === rest.length - 1) return null;
  const deployment = decodeSegment(rest.slice(0, slash));
  return deployment === null ? null : { dialect: 'classic', deployment, operation: rest.slice(slash + 1) };
}

/** @returns null for broken percent-encoding, and for names that would climb out of their segment. */
function decodeSegment(segment: string): string | null {
  if (!segment.includes('%')) return segment === '.' || segment === '..' ? null : segment;
  try {
    const name = decodeURIComponent(segment);
    return name === '.' || name === '..' || name.includes('/') || name.includes('\\') ? null : name;
  } catch {
    return null;
  }
}

/** The value of `api-version` in a query string (without `?`), or null. */
export function apiVersionOf(query: string): string | null {
  if (query.startsWith('api-version=')) return upTo(query, 12);
  const at = query.indexOf('&api-version=');
  return at < 0 ? null : upTo(query, at + 13);
}

function upTo(query: string, start: number): string {
  const end = query.indexOf('&', start);
  return end < 0 ? query.slice(start) : query.slice(start, end);
}

/** The query without its `api-version`: v1 answers 400 to a dated one (wire §1.4). */
export function withoutApiVersion(query: string): string {
  return query
    .split('&')
    .filter((pair) => !pair.startsWith('api-version='))
    .join('&');
}
