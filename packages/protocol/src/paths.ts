/**
 * Where a request of an Azure OpenAI client points: the dialect, the deployment named in the path, the operation.
 * Source: wire reference §1 (URL shapes), §8.3. The query is read in query.ts, the body in body.ts.
 *
 * What is read here decides who pays and who may ask, so it must be what the backend will read. Whatever two readers could take
 * differently (dot segments, empty segments, needless or double percent-encoding, backslashes) is refused, not repaired.
 */

interface ClassicTarget {
  /** Below `/openai/deployments/{deployment}/`. */
  readonly dialect: 'classic';
  /** Deployment segment, percent-decoded. */
  readonly deployment: string;
  /** What follows the deployment or the mount, without a leading slash: `chat/completions`, `files/file-1`. As the client wrote it. */
  readonly operation: string;
}

interface PlainTarget {
  /** resource: below `/openai/` without a deployment. v1: below `/openai/v1/`, deployment in the body. */
  readonly dialect: 'resource' | 'v1';
  readonly deployment: null;
  readonly operation: string;
}

export type Target = ClassicTarget | PlainTarget;
export type Dialect = Target['dialect'];

/** The mounts' own words in any case, since Azure's front does not mind it; `/openai` may be missing (wire §1.1, §8.3). */
const CLASSIC = /^(?:\/openai)?\/deployments\/([^/]+)\/(.+)$/i;
const V1 = /^(?:\/openai)?\/v1\/(.+)$/i;
const RESOURCE = /^\/openai\/(.+)$/i;
/** Operations accepted at the root: clients built with a verbatim base URL send them. */
const BARE = /^\/((?:chat\/completions|embeddings|responses)(?:\/.*)?)$/;

/**
 * @param path the path of a request target, percent-encoded, without query.
 * @param hasApiVersion whether the query names `api-version`: a bare `/responses` with one is resource-level, without one v1.
 * @returns null where the path is none of Azure OpenAI's, or one that could be read in two ways.
 */
export function parsePath(path: string, hasApiVersion = false): Target | null {
  const classic = CLASSIC.exec(path);
  if (classic !== null) return classicTarget(classic[1] ?? '', classic[2] ?? '');
  const v1 = V1.exec(path);
  if (v1 !== null) return plainTarget('v1', v1[1] ?? '');
  const resource = RESOURCE.exec(path);
  if (resource !== null) return plainTarget('resource', resource[1] ?? '');
  const bare = BARE.exec(path);
  return bare === null ? null : plainTarget(hasApiVersion ? 'resource' : 'v1', bare[1] ?? '');
}

/**
 * The path to send upstream; the operation stays as the client wrote it.
 * @param deployment the backend's own name for the deployment, used where the path names one; null keeps the client's.
 */
export function upstreamPath(target: Target, deployment: string | null): string {
  switch (target.dialect) {
    case 'classic':
      return `/openai/deployments/${encodeURIComponent(deployment ?? target.deployment)}/${target.operation}`;
    case 'resource':
      return `/openai/${target.operation}`;
    case 'v1':
      return `/openai/v1/${target.operation}`;
  }
}

function classicTarget(segment: string, operation: string): Target | null {
  const deployment = decoded(segment);
  if (deployment === null || !isDeploymentName(deployment) || !isPlainOperation(operation)) return null;
  return { dialect: 'classic', deployment, operation };
}

function plainTarget(dialect: 'resource' | 'v1', operation: string): Target | null {
  return isPlainOperation(operation) ? { dialect, deployment: null, operation } : null;
}

/** What RFC 3986 §3.3 lets a path hold, and nothing else: no backslash, no `#`, no control or raw non-ASCII character. */
const PATH_CHARACTERS = /^[\w\-.~!$&'()*+,;=:@%/]+$/;
/** A `.` or `..` segment, also one with a `;` parameter, which some servers cut off; an empty segment, but for the last. */
const CLIMBING = /(?:^|\/)\.{1,2}(?:[;/]|$)|^\/|\/\//;
/** A broken escape, or an escaped letter, digit, `-`, `.`, `_`, `~` (RFC 3986 §2.3: no client needs to), `/`, `\`, `%` or control. */
const DISGUISE = /%(?![\da-f]{2})|%(?:[01]|2[5def]|3\d|4[1-9a-f]|5[\dacf]|6[1-9a-f]|7[\daef])/i;

function isPlainOperation(operation: string): boolean {
  if (!PATH_CHARACTERS.test(operation) || CLIMBING.test(operation)) return false;
  return !operation.includes('%') || (!DISGUISE.test(operation) && decoded(operation) !== null);
}

/** Whether a name stays in its segment of a path, however often that is decoded. */
export function isDeploymentName(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/\\%?#\p{Cc}]/u.test(name);
}

/** @returns null for broken percent-encoding, and for characters that should have been encoded. */
function decoded(segment: string): string | null {
  if (!PATH_CHARACTERS.test(segment)) return null;
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
