/**
 * Headers on their way up, into the recording, and down. As flat lists of names and values. A client's credential never goes up, a
 * secret never into the recording, and what the simulator says of its own quota always wins.
 */
import { goesUp, isHopByHop } from '@spillway/protocol';

type Flat = readonly string[];

/** Set by the client for its own side: an answer of several readers, and of later days, must be readable to all. */
const NOT_UP = new Set(['accept-encoding']);

/** A JSON web token: header and claims are JSON objects, so both parts begin alike. No key of Azure has a dot. */
const TOKEN = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/;

/** @param key of the upstream, or a token of Entra ID for it. */
export function headersUp(raw: Flat, key: string): string[] {
  const named = namedByConnection(raw);
  const headers = filtered(raw, (name) => goesUp(name) && !NOT_UP.has(name) && !named.has(name));
  if (TOKEN.test(key)) headers.push('authorization', `Bearer ${key}`);
  else headers.push('api-key', key);
  return headers;
}

/** Of one exchange, one moment or one hop (simulator reference S-98), and the cookies of whoever recorded. */
const NOT_KEPT = new Set([
  'access-control-allow-origin',
  'age',
  'apim-request-id',
  'azureml-model-session',
  'azureml-served-by-cluster',
  'cache-control',
  'content-length',
  'date',
  'expires',
  'nel',
  'pragma',
  'report-to',
  'request-context',
  'server',
  'set-cookie',
  'strict-transport-security',
  'via',
  'x-aml-cluster',
  'x-content-type-options',
  'x-envoy-upstream-service-time',
  'x-ms-client-request-id',
  'x-ms-region',
  'x-ms-request-id',
  'x-openai-backendurl',
  'x-request-id',
]);

/** Said of credentials, wherever they come from. */
const SECRET = /^(api-key|x-api-key|authorization|cookie|ocp-apim-subscription-key|www-authenticate)$/;

/** What of an answer's headers is kept in a recording. */
export function headersKept(raw: Flat): string[] {
  const named = namedByConnection(raw);
  return filtered(raw, (name) => !isHopByHop(name) && !NOT_KEPT.has(name) && !SECRET.test(name) && !named.has(name));
}

/** Those of an upstream's answer that end here. */
const NOT_DOWN = new Set(['set-cookie']);

/** @param ours what the simulator says of itself; of a live answer, only its quota is put above what the upstream says. */
export function headersDown(theirs: Flat, ours: Flat, from: 'upstream' | 'recording'): string[] {
  const named = namedByConnection(theirs);
  const passing = filtered(theirs, (name) => !isHopByHop(name) && !NOT_DOWN.has(name) && !named.has(name));
  const said = namesOf(ours);
  const limited = [...said].some(isRateLimit);
  const wins = (name: string): boolean => from === 'recording' || isQuota(name);
  const kept = filtered(passing, (name) => !(limited && isRateLimit(name)) && !(said.has(name) && wins(name)));
  const there = namesOf(kept);
  return [...kept, ...filtered(ours, (name) => !there.has(name))];
}

function isRateLimit(name: string): boolean {
  return name.startsWith('x-ratelimit-');
}

function isQuota(name: string): boolean {
  return isRateLimit(name) || name === 'azure-openai-deployment-utilization';
}

function namesOf(flat: Flat): Set<string> {
  return new Set(flat.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
}

/** Options of `Connection` are headers of this hop too (RFC 9110 §7.6.1). */
function namedByConnection(flat: Flat): Set<string> {
  return new Set((headerIn(flat, 'connection') ?? '').split(',').map((name) => name.trim().toLowerCase()));
}

/** The first of that name. */
export function headerIn(flat: Flat, lowerName: string): string | undefined {
  for (let i = 0; i + 1 < flat.length; i += 2) if (flat[i]?.toLowerCase() === lowerName) return flat[i + 1];
  return undefined;
}

function filtered(flat: Flat, passes: (lowerName: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    if (passes(name.toLowerCase())) kept.push(name, flat[i + 1] ?? '');
  }
  return kept;
}
