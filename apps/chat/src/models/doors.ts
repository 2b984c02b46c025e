/**
 * Ways into an address that a person gave. The article prints the gateway's URL bare, others have it with a path, and gateways differ in
 * what they serve there: the paths of deployments, those of v1, or the operations themselves (chat-app.md §1.2). The first call tries
 * one after the other; the one that answers is remembered.
 */
import type { ModelSettings } from '../settings/model-settings.ts';

export interface Door {
  readonly kind: 'deployment' | 'v1' | 'bare';
  /** What operations such as `chat/completions` are put behind, without a slash at its end. */
  readonly baseUrl: (deployment: string) => string;
  readonly query: Readonly<Record<string, string>>;
  /** Where a key goes. */
  readonly keyHeader: 'api-key' | 'authorization';
}

export function doorsOf({
  host,
  url,
  apiVersion,
}: Pick<ModelSettings, 'host' | 'url' | 'apiVersion'>): readonly Door[] {
  if (host === 'openai' || host === 'local') return [plain('bare', url)];
  const root = url.replace(/(?:\/openai)?(?:\/v1)?$/i, '');
  const deployment: Door = {
    kind: 'deployment',
    baseUrl: (name) => `${root}/openai/deployments/${encodeURIComponent(name)}`,
    query: { 'api-version': apiVersion },
    keyHeader: 'api-key',
  };
  if (host === 'azure') return [deployment];
  const v1 = plain('v1', `${root}/openai/v1`);
  const bare = plain('bare', url);
  const shortV1 = plain('v1', `${root}/v1`);
  const given = /\/v1$/i.test(url) ? [bare, deployment, v1, shortV1] : [deployment, v1, bare, shortV1];
  return given.filter((door, i) => given.findIndex((other) => other.baseUrl('') === door.baseUrl('')) === i);
}

function plain(kind: 'v1' | 'bare', url: string): Door {
  return { kind, baseUrl: () => url, query: {}, keyHeader: 'authorization' };
}

/** Codes of a 404 that come from behind the door: it is the right one. */
const INSIDE = /^(?:DeploymentNotFound|model_not_found|ModelNotFound|OperationNotSupported)$/i;

/**
 * Whether an answer means that nobody is behind this door, rather than that the call was refused. A refused credential may be either:
 * doors take them in different headers.
 */
export function isWrongDoor(status: number | undefined, code: string | null | undefined): boolean {
  if (status === 401 || status === 405) return true;
  return status === 404 && !INSIDE.test(code ?? '');
}
