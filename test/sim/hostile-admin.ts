/** Requests to the admin port by chance: its own routes, with names and bodies that fit more or less. */
import type { Chance } from './chance.ts';
import { hostileBody } from './hostile-json.ts';

export interface AdminRouteLine {
  readonly method: string;
  readonly path: string;
}

export interface AdminRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const BODIES: readonly [object, ...object[]] = [
  { name: 'more', model: 'gpt-4o', capacity: 10, type: 'Standard', requestsPerMinute: 60, quotaMode: 'documented' },
  { name: 'openai9', key: 'k', region: 'East US', deployments: [{ name: 'chat', model: 'gpt-4o', capacity: 10 }] },
  { kind: 'status', status: 503, resource: 'openai1', share: 0.5, startsInMs: 0, lengthMs: 1000, count: 3 },
  { kind: 'cut', afterEvents: 2, deployment: 'chat' },
  { seconds: 5, tokens: 100, requests: 2, utilisation: 0.5, tokensPerMinute: 1000, minutes: 1 },
  { ms: 1000, speed: 2, seed: 7, paused: true },
  { firstTokenMs: 1, perTokenMs: 1, style: 'echo', tokensMedian: 5, fill: false, script: [] },
];

export function hostileAdminRequest(
  chance: Chance,
  routes: readonly [AdminRouteLine, ...AdminRouteLine[]],
): AdminRequest {
  const { method, path } = chance.of(routes);
  const names = ['openai1', 'openai2', 'chat', 'ptu', '1', '0', 'absent', '%00', '%zz', '..', 'x'.repeat(300)] as const;
  const filled = path.replace(/\{\w+\}/g, () => chance.of(names));
  const query = chance.oneIn(4)
    ? `?${chance.of(['limit=-1', 'limit=1e9', 'status=x', 'resource=%', 'since=NaN', '=&='])}`
    : '';
  const body = chance.oneIn(10) ? chance.text(50) : hostileBody(chance, chance.of(BODIES));
  return { method: chance.oneIn(8) ? 'PATCH' : method, path: filled + query, body };
}
