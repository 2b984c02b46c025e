/** Where the control plane is asked: Azure, or a simulator's admin port. Decides as well who may be shown a token. Pure. */
import { UsedWrongly } from '../exit.ts';

export interface Endpoint {
  /** Scheme, host and port; no slash at the end. */
  readonly url: string;
  /** Azure's own, which gets a token of Entra ID; all others, simulators, never do. */
  readonly isAzure: boolean;
}

const AZURE_URL = 'https://management.azure.com';
const SIMULATOR_URL = 'http://127.0.0.1:9000';

/**
 * Azure Resource Manager in the public cloud, that of the US government, and that of 21Vianet in China. A token for Azure goes to
 * these alone: whoever holds it could do with the subscription as its owner does.
 */
const AZURE_HOSTS: ReadonlySet<string> = new Set([
  'management.azure.com',
  'management.usgovcloudapi.net',
  'management.chinacloudapi.cn',
]);

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @param text undefined stands for Azure. @throws UsedWrongly */
export function endpointOf(text: string = AZURE_URL): Endpoint {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw wrong(text, 'is no address', `give scheme, host and port, such as ${SIMULATOR_URL}`);
  }
  if (url.username !== '' || url.password !== '') {
    // Not quoted: what stands there is a secret.
    throw new UsedWrongly(
      '--endpoint holds a user name or password; remove it, the key of a simulator goes into SPILLWAY_ADMIN_KEY',
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw wrong(text, 'has more than scheme, host and port', `write ${url.origin}`);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw wrong(
      text,
      'is plain http to another machine, where everybody on the way can read along',
      `write https (a simulator: --tls), or ask on the machine itself: ${SIMULATOR_URL}`,
    );
  }
  return { url: url.origin, isAzure: url.protocol === 'https:' && url.port === '' && AZURE_HOSTS.has(url.hostname) };
}

function wrong(text: string, rule: string, remedy: string): UsedWrongly {
  return new UsedWrongly(`--endpoint ${JSON.stringify(text)} ${rule}; ${remedy}`);
}

/** What to write where a simulator was meant and Azure was asked. */
export const SIMULATOR_WAY = `--endpoint ${SIMULATOR_URL} for the simulator`;
