/**
 * A backend's URL, checked and brought to one form. By hand: a pure package has no URL class, and that class would accept
 * and repair what a person should be told about.
 */
import type { Problem } from './findings.ts';

export const URL_CHARS_MAX = 2_048;

export interface BackendUrl {
  /** Scheme, host, port unless it is the scheme's own, base path without a trailing slash. */
  readonly url: string;
  readonly scheme: 'http' | 'https';
  /** Without brackets. */
  readonly host: string;
}

const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/i;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)(?::(\d{1,5}))?$/i;
const SEGMENT = /^[A-Za-z0-9._~!$&'()*+,;=:@%-]+$/;
/** Requests bring these along: kept in the base, they would appear twice. */
const API_PATH = /\/openai(?:\/(?:v1|deployments)(?:\/.*)?)?$/i;
const OWN_PORT = { http: 80, https: 443 } as const;

const EXAMPLE = 'https://NAME.openai.azure.com';

/** @returns null where the URL is good. */
export function urlProblem(text: string): Problem | null {
  const read = readUrl(text);
  return 'rule' in read ? read : null;
}

/** @returns null where {@link urlProblem} says why. */
export function backendUrl(text: string): BackendUrl | null {
  const read = readUrl(text);
  return 'rule' in read ? null : read;
}

function readUrl(text: string): BackendUrl | Problem {
  if (text.length > URL_CHARS_MAX) {
    return { rule: `is longer than ${URL_CHARS_MAX} characters`, remedy: `give the address alone, such as ${EXAMPLE}` };
  }
  const parts = PARTS.exec(text.trim());
  if (parts === null) return { rule: 'is not a URL', remedy: `give scheme and host, such as ${EXAMPLE}` };
  const [, schemeText = '', authority = '', path = '', query, fragment] = parts;
  const scheme = schemeText.toLowerCase();
  if (scheme !== 'https' && scheme !== 'http') return { rule: 'is neither https nor http', remedy: `write ${EXAMPLE}` };
  if (authority.includes('@')) {
    return {
      rule: 'holds a user name or password',
      remedy: 'remove what stands before "@"; credentials go into apiKey',
    };
  }
  if (query !== undefined || fragment !== undefined) {
    return {
      rule: 'holds a query or fragment',
      remedy: 'end it before "?" or "#"; clients send api-version themselves',
    };
  }
  const host = AUTHORITY.exec(authority);
  const port = Number(host?.[2] ?? OWN_PORT[scheme]);
  if (host === null || port < 1 || port > 65_535) {
    return { rule: 'has no usable host', remedy: `fill in the name of your resource, such as ${EXAMPLE}` };
  }
  const basePath = path.replace(/\/+$/, '');
  const problem = pathProblem(basePath);
  if (problem !== null) return problem;
  const hostName = (host[1] ?? '').toLowerCase();
  const portPart = port === OWN_PORT[scheme] ? '' : `:${port}`;
  return { url: `${scheme}://${hostName}${portPart}${basePath}`, scheme, host: hostName.replace(/^\[|\]$/g, '') };
}

function pathProblem(path: string): Problem | null {
  if (path === '') return null;
  const segments = path.slice(1).split('/');
  if (!segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')) {
    return { rule: 'has a path that is not plain', remedy: 'give segments without blanks, "//", "." or ".."' };
  }
  const api = API_PATH.exec(path);
  if (api === null) return null;
  return {
    rule: `ends with ${api[0].split('/').slice(0, 3).join('/')}`,
    remedy: 'drop that part; each request brings it along',
  };
}

/** Whether requests to the host stay on the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
