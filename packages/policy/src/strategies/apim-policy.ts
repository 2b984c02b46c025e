/**
 * The load balancer policy for API Management, as it is. It differs from `random-in-priority` where all are throttled: the request goes
 * to the first of the list, always, whatever its priority. A baseline to compare with.
 * (It also tries another after a 401, and forgets what it knew after 60 s; here every strategy does the first, and no throttle outlasts
 * `throttle.capMs`.) Source: wire reference §10.1.
 */
import { anyOf } from './random-in-priority.ts';
import type { Strategy } from './strategy.ts';

export const apimPolicy: Strategy = {
  name: 'apim-policy',
  foresees: false,
  insist: (throttled, unit) => throttled[0] ?? anyOf(throttled, unit),
  choose: (candidates, _facts, unit) => anyOf(candidates, unit),
};
