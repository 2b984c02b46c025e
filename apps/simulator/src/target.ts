/** What a request is for: the path as the model reads it, and the resource that its `Host` names. */

export interface Target {
  /** Repeated slashes are one, as Azure's front door has them. */
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
}

/** @param url as in the request line: a path, or (to a proxy) a whole URL. */
export function targetOf(url: string): Target {
  const local = url.startsWith('/') ? url : withoutOrigin(url);
  const mark = local.indexOf('?');
  const path = mark < 0 ? local : local.slice(0, mark);
  return {
    path: path.includes('//') ? path.replace(/\/{2,}/g, '/') : path,
    query: mark < 0 ? '' : local.slice(mark + 1),
  };
}

function withoutOrigin(url: string): string {
  const local = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
  return local.startsWith('/') ? local : `/${local}`;
}

/** Below a resource's name, where Azure has it (wire §1.1), and `localhost`, whose subdomains are this machine (RFC 6761 §6.3). */
const DOMAINS = ['.openai.azure.com', '.services.ai.azure.com', '.cognitiveservices.azure.com', '.localhost'];

/**
 * @param host as it came: `openai2.openai.azure.com`, with or without a port.
 * @returns the name in lower case; null where the host is none of a resource.
 */
export function resourceNameIn(host: string | undefined): string | null {
  if (host === undefined) return null;
  const plain = withoutPort(host).toLowerCase();
  for (const domain of DOMAINS) {
    if (plain.length > domain.length && plain.endsWith(domain)) return plain.slice(0, -domain.length);
  }
  return null;
}

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}
