/** Trails for tests of what is made of them. */
import { ANYWHERE, DEFAULT_POLICY, NO_NEED, type Outcome, pick } from '@spillway/policy';
import type { ExchangeRecord, GatewayEvent } from '../../observe/events.ts';
import { Ledger } from '../../state/ledger.ts';
import { attemptEnded, exchangeEnded, TEST_MS } from '../../testing/events.ts';
import { testFleet } from '../../testing/kit.ts';
import { Trail } from '../trail.ts';

export interface Given {
  readonly exchange?: Partial<ExchangeRecord>;
  readonly outcomes?: readonly Outcome[];
  /** Deployments of the pool. */
  readonly members?: number;
}

/** An exchange that went from one deployment to the next, one for each outcome. */
export function endedWith({ exchange = {}, outcomes = [], members = 2 }: Given): GatewayEvent {
  const fleet = testFleet(Array.from({ length: members }, (_, i) => ({ on: `openai${i + 1}`, priority: i + 1 })));
  const [pool] = fleet.pools.values();
  if (pool === undefined) throw new Error('a fleet without a pool');
  const ledger = new Ledger(fleet, { namesMax: 1, expiryMs: 1 }, DEFAULT_POLICY.quota);
  const trail = new Trail();
  const tried: string[] = [];
  for (const outcome of outcomes) {
    const ask = { tried: [...tried], ...ANYWHERE, need: NO_NEED, isPromised: false, isLastResort: false };
    const decision = trail.picked(pool, NO_NEED, pick(pool, ledger, ask, { nowMs: TEST_MS, unit: 0 }, DEFAULT_POLICY));
    if (decision.kind === 'none') break;
    tried.push(decision.deployment.id);
    const event = attemptEnded(decision.deployment, { outcome });
    if (event.kind === 'attemptEnded') trail.tried(event.attempt);
  }
  const event = exchangeEnded(exchange);
  return event.kind === 'exchangeEnded' ? { ...event, trail } : event;
}
