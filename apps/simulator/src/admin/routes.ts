/** All routes of the admin port. */
import { controlQuotaRoutes } from '../arm/quota-routes.ts';
import { clockRoutes } from './clock.ts';
import { deploymentRoutes } from './deployments.ts';
import { faultRoutes } from './faults.ts';
import { identityRoutes } from './identity.ts';
import { journalRoutes } from './journal.ts';
import { type AdminRoute, ok } from './outcome.ts';
import { quotaRoutes } from './quotas.ts';
import { resourceRoutes } from './resources.ts';
import { stateRoutes } from './state.ts';

export const ADMIN_ROUTES: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/admin',
    does: 'this list',
    act: () => ({ ...ok({ routes: documented() }), isForPeople: true }),
  },
  ...stateRoutes,
  ...resourceRoutes,
  ...deploymentRoutes,
  ...quotaRoutes,
  ...controlQuotaRoutes,
  ...clockRoutes,
  ...faultRoutes,
  ...identityRoutes,
  ...journalRoutes,
];

function documented(): readonly Pick<AdminRoute, 'method' | 'path' | 'does'>[] {
  return ADMIN_ROUTES.map(({ method, path, does }) => ({ method, path, does }));
}
