/** Every strategy, by name. */
import { apimPolicy } from './apim-policy.ts';
import { headroom } from './headroom.ts';
import { latency } from './latency.ts';
import { leastBusy } from './least-busy.ts';
import { randomInPriority } from './random-in-priority.ts';
import { roundRobin } from './round-robin.ts';
import type { Strategy, StrategyName } from './strategy.ts';
import { weighted } from './weighted.ts';

const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  headroom,
  weighted,
  'round-robin': roundRobin,
  'least-busy': leastBusy,
  latency,
  'random-in-priority': randomInPriority,
  'apim-policy': apimPolicy,
};

export function strategyOf(name: StrategyName): Strategy {
  return STRATEGIES[name];
}
