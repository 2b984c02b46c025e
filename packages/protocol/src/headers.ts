/** Which headers pass through a gateway, by lower-case name. Sources: RFC 9110 §7.6.1 (hop-by-hop); design §4.7; wire reference §8.2. */

const HOP_BY_HOP = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Credentials of a client; they end at the gateway. */
const CREDENTIALS = new Set(['api-key', 'x-api-key', 'authorization', 'cookie', 'ocp-apim-subscription-key']);

/** Set anew for each attempt, or meant for the gateway alone. */
const OWN = new Set(['host', 'content-length', 'expect', 'forwarded', 'x-real-ip']);

const OWN_PREFIXES = ['x-forwarded-', 'x-stainless-', 'x-spillway-'];

/** Headers of an answer that describe one deployment, not the pool; hidden by the setting `hideUpstreamHeaders` (wire §10 no. 17). */
const UPSTREAM_DETAIL = new Set([
  'azure-openai-deployment-utilization',
  'azureml-model-session',
  'azureml-served-by-cluster',
  'x-aml-cluster',
  'x-ms-region',
  'x-ms-deployment-name',
  'x-ms-served-model',
  'x-ms-is-spilled-over',
  'x-openai-backendurl',
]);
const UPSTREAM_DETAIL_PREFIXES = ['x-ratelimit-', 'x-ms-spillover-'];

export function isHopByHop(lowerName: string): boolean {
  return HOP_BY_HOP.has(lowerName);
}

/** Whether a client's header goes on to the backend. */
export function goesUp(lowerName: string): boolean {
  if (HOP_BY_HOP.has(lowerName) || CREDENTIALS.has(lowerName) || OWN.has(lowerName)) return false;
  return !OWN_PREFIXES.some((prefix) => lowerName.startsWith(prefix));
}

/**
 * Whether a backend's header goes down to the client. `x-spillway-*` is ours to say. `retry-after` stays even when the deployment's
 * headers are hidden: it belongs to the answer.
 */
export function goesDown(lowerName: string, hideUpstreamHeaders: boolean): boolean {
  if (HOP_BY_HOP.has(lowerName) || lowerName.startsWith('x-spillway-')) return false;
  return !(hideUpstreamHeaders && describesOneDeployment(lowerName));
}

function describesOneDeployment(lowerName: string): boolean {
  return UPSTREAM_DETAIL.has(lowerName) || UPSTREAM_DETAIL_PREFIXES.some((prefix) => lowerName.startsWith(prefix));
}
