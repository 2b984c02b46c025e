/** Which route a path of the control plane is. Paths are compared whatever their case, as ARM does. */
import { accountRoutes } from './account-routes.ts';
import { ArmError, methodNotAllowed, namespaceInvalid, PROVIDER, typeNotFound } from './arm-error.ts';
import type { ArmRoute } from './call.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { deletedRoutes } from './deleted-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { usageRoutes } from './usage-routes.ts';

const ROUTES: readonly ArmRoute[] = [
  ...accountRoutes,
  ...deploymentRoutes,
  ...usageRoutes,
  ...catalogueRoutes,
  ...deletedRoutes,
  ...operationRoutes,
  ...subscriptionRoutes,
];

/** Whether the control plane answers such a path. */
export function isArmPath(path: string): boolean {
  return /^\/(subscriptions|providers\/microsoft\.[a-z]+)(\/|$)/i.test(path);
}

export interface ArmHit {
  readonly route: ArmRoute;
  /** What stands in place of `{…}`, decoded. */
  readonly names: readonly string[];
}

/** @throws ArmError where there is no such thing. */
export function armRouteOf(method: string, path: string, apiVersion: string): ArmHit {
  const segments = path.split('/').filter((segment) => segment !== '');
  const hits = ROUTES.flatMap((route): readonly ArmHit[] => {
    const names = match(route.path.slice(1).split('/'), segments);
    return names === null ? [] : [{ route, names }];
  });
  if (hits.length === 0) throw unknownPath(segments, apiVersion);
  const hit = hits.find(({ route }) => route.method === method);
  if (hit === undefined) throw methodNotAllowed(method, typeIn(segments));
  return hit;
}

function match(pattern: readonly string[], segments: readonly string[]): readonly string[] | null {
  if (pattern.length !== segments.length) return null;
  const names: string[] = [];
  for (const [index, want] of pattern.entries()) {
    const have = segments[index] ?? '';
    if (want.startsWith('{')) names.push(decoded(have));
    else if (want.toLowerCase() !== have.toLowerCase()) return null;
  }
  return names;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function unknownPath(segments: readonly string[], apiVersion: string): ArmError {
  const at = segments.findLastIndex((segment) => segment.toLowerCase() === 'providers');
  const namespace = segments[at + 1];
  if (at < 0 || namespace === undefined) {
    return new ArmError(404, 'NotFound', `The requested path '/${segments.join('/')}' was not found.`);
  }
  if (namespace.toLowerCase() !== PROVIDER.toLowerCase()) return namespaceInvalid(namespace);
  return typeNotFound(typeIn(segments), apiVersion);
}

/** Types are each second segment behind the provider: `accounts/deployments`. */
function typeIn(segments: readonly string[]): string {
  const at = segments.findLastIndex((segment) => segment.toLowerCase() === 'providers');
  return segments
    .slice(at + 2)
    .filter((_, index) => index % 2 === 0)
    .join('/');
}
