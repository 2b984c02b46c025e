/**
 * What nobody can pass, whatever he knows of past and future: tokens of the served requests, as a Standard deployment charges them. It is
 * the least of what is offered and of what fits, as if requests were a fluid that goes wherever it is worth most, and waited as long as
 * it likes: each provisioned deployment takes what drains in the time, its bucket and one request above the brim; each Standard one the
 * limit of every minute that touches the time, or what they have in common where that is less. Priorities, requests per minute, outages
 * and the traffic of others are left out, so that the bound is loose where these matter; the oracle's run is tight there.
 */
import { CACHED_TOKENS_MIN } from '@spillway/azure-model';
import { isProvisioned, modelFacts } from '@spillway/protocol';
import type { OracleSpec } from './oracle.ts';
import { outputWeightOf, provisionedCharge, provisionedUse, standardCharge } from './truth-cost.ts';
import type { Arrival, LabDeployment } from './types.ts';

const MINUTE_MS = 60_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Of requests that come after the warm-up. Tokens. */
export function goodputBound({ scenario, trace, draw }: OracleSpec): number {
  const { warmUpSeconds, seconds, waitMsMax, fleet } = scenario;
  const span = { fromMs: warmUpSeconds * 1000, toMs: seconds * 1000 + Math.max(...Object.values(waitMsMax)) };
  const asked = trace.filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs);
  let offered = 0;
  for (const arrival of asked) offered += standardCharge(arrival, draw);
  let room = 0;
  for (const one of fleet) if (isProvisioned(one.type)) room += provisionedRoom(one, { asked, draw }, span);
  return Math.min(offered, room + standardRoom({ scenario, draw, asked }, span));
}

type Asked = Pick<OracleSpec, 'draw'> & { readonly asked: readonly Arrival[] };

/** What it takes, filled with whatever is worth most for the room it needs. */
function provisionedRoom(one: LabDeployment, { asked, draw }: Asked, { fromMs, toMs }: Span): number {
  const weight = outputWeightOf(one);
  const perMinute = one.trueCapacity * modelFacts(one.model).provisioned.inputTokensPerMinutePerUnit;
  let largest = 0;
  for (const arrival of asked) largest = Math.max(largest, provisionedCharge(arrival, 0, weight, draw));
  const budget = (perMinute * (toMs - fromMs)) / MINUTE_MS + (perMinute * draw.bucketSeconds) / 60 + largest;
  return mostWorth(
    asked.map((arrival) => {
      const cached = arrival.sharedTokens < CACHED_TOKENS_MIN ? 0 : arrival.sharedTokens;
      return { worth: standardCharge(arrival, draw), room: Math.max(1, provisionedUse(arrival, cached, weight)) };
    }),
    budget,
  );
}

function standardRoom({ scenario, draw, asked }: Asked & Pick<OracleSpec, 'scenario'>, span: Span): number {
  // The last requests of the time before may have left their minute as empty as can be: so parts of minutes count whole.
  const minutes =
    draw.window === 'fixed'
      ? Math.floor((span.toMs + draw.phaseMs) / MINUTE_MS) - Math.floor((span.fromMs + draw.phaseMs) / MINUTE_MS) + 1
      : Math.ceil((span.toMs - span.fromMs) / MINUTE_MS) + 1;
  const byKey = new Map<string, { sum: number; most: number }>();
  for (const { id, type, trueCapacity, quotaKey } of scenario.fleet) {
    if (isProvisioned(type)) continue;
    const name = quotaKey?.name ?? `deployment ${id}`;
    const known = byKey.get(name) ?? { sum: 0, most: quotaKey?.capacity ?? Number.POSITIVE_INFINITY };
    byKey.set(name, { ...known, sum: known.sum + trueCapacity });
  }
  let thousands = 0;
  for (const { sum, most } of byKey.values()) thousands += Math.min(sum, most);
  const budget = thousands * 1000 * minutes;
  if (!draw.refunds) return budget;
  const items = asked.map((arrival) => {
    const worth = standardCharge(arrival, draw);
    return { worth, room: Math.max(1, Math.min(worth, arrival.promptTokens + arrival.answerTokens)) };
  });
  return mostWorth(items, budget);
}

interface Item {
  readonly worth: number;
  readonly room: number;
}

/** The last one is cut, as a fluid can be. */
export function mostWorth(items: readonly Item[], budget: number): number {
  let [worth, left] = [0, budget];
  for (const item of items.toSorted((one, other) => other.worth / other.room - one.worth / one.room)) {
    const share = Math.min(1, left / item.room);
    worth += share * item.worth;
    left -= share * item.room;
    if (left <= 0) break;
  }
  return worth;
}
