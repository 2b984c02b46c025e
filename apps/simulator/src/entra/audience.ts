/** For whom a token may be: Azure's services, the simulator's own URLs, and applications of the directory. */
const AZURE = [
  'https://cognitiveservices.azure.com',
  'https://ai.azure.com',
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://metrics.monitor.azure.com',
  'https://monitor.azure.com',
  'https://search.azure.com',
];

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9-]+\.)+localhost)$/;

/** Services of Azure take tokens of the first version, whatever endpoint gave them: the token's audience decides. */
export function isAzure(audience: string): boolean {
  return AZURE.includes(withoutSlash(audience));
}

/** @param own host that the token is asked of: whoever reaches the simulator under that name may mean it. */
export function isKnown(audience: string, own: string): boolean {
  if (isAzure(audience)) return true;
  const url = URL.parse(audience);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return LOOPBACK.test(url.hostname) || url.host === own;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
