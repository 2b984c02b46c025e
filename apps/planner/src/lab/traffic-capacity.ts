/**
 * How many requests of a mix a fleet can serve in a minute: what a load of 1 means. It is what remains in the fleet's worst moment, after
 * others' traffic, lowered limits, outages and refusals for demand; tokens and requests both count; units are converted by what the same
 * requests cost there, prompts cached as far as they could be. Requests are taken as a fluid: that a large one may not fit into the rest
 * of a minute is left out, and so is the 86,400-second hint. So nobody can serve more for long, and not all of it for sure.
 */
import { CACHED_TOKENS_MIN, CACHED_TOKENS_STEP } from '@spillway/azure-model';
import { isProvisioned, modelFacts, requestsPerMinuteOf } from '@spillway/protocol';
import type { Asked } from './prompts.ts';
import { provisionedUsed, standardRoom } from './traffic-charge.ts';
import type { Draw, LabDeployment, LabFault, Scenario } from './types.ts';

const MINUTE_MS = 60_000;
/** Halvings of the interval in which the answer lies: far below one request. */
const HALVINGS = 50;

/** @param mix a sample of the requests; at least one. @returns requests in a minute. */
export function usableRate(
  { fleet, faults, seconds, warmUpSeconds }: WorldOf,
  draw: Draw,
  mix: readonly Asked[],
): number {
  const kinds = kindsOf(fleet, mix);
  const costs = fleet.map((deployment) => kinds.map(({ asked }) => meanCost(deployment, draw, asked)));
  const measured = faults.filter(({ toMs }) => toMs > warmUpSeconds * 1_000);
  const moments = [warmUpSeconds * 1_000, ...measured.map(({ fromMs }) => fromMs)];
  const rates = moments
    .filter((moment) => moment < seconds * 1_000)
    .map((moment) => rateOf(roomsAt(fleet, faults, moment), kinds, costs));
  return Math.min(...rates);
}

type WorldOf = Pick<Scenario, 'fleet' | 'faults' | 'seconds' | 'warmUpSeconds'>;

/** Requests that the same deployments can take: those with prompts up to a length, and longer than the kind before. */
interface Kind {
  readonly promptTokensMax: number;
  readonly share: number;
  readonly asked: readonly Asked[];
}

function kindsOf(fleet: readonly LabDeployment[], mix: readonly Asked[]): readonly Kind[] {
  const lengths = new Set(fleet.map(({ promptTokensMax }) => promptTokensMax ?? Number.POSITIVE_INFINITY));
  const steps = [...lengths].sort((a, b) => a - b);
  const kinds = steps.map((promptTokensMax, index) => {
    const over = index === 0 ? 0 : (steps[index - 1] ?? 0);
    const asked = mix.filter(({ promptTokens }) => promptTokens > over && promptTokens <= promptTokensMax);
    return { promptTokensMax, share: asked.length / mix.length, asked };
  });
  return kinds.filter(({ share }) => share > 0);
}

function meanCost(deployment: LabDeployment, draw: Draw, asked: readonly Asked[]): number {
  let sum = 0;
  for (const each of asked) {
    sum += isProvisioned(deployment.type) ? unitsRoom(each, deployment) : standardRoom(each, draw, deployment);
  }
  return sum / asked.length;
}

/** Room that a request takes of a provisioned deployment which has seen all of its prompt that others share. Normalised tokens. */
function unitsRoom(asked: Asked, { model }: LabDeployment): number {
  const { sharedTokens } = asked;
  const cached = sharedTokens < CACHED_TOKENS_MIN ? 0 : sharedTokens - (sharedTokens % CACHED_TOKENS_STEP);
  return provisionedUsed(asked, cached, modelFacts(model).provisioned);
}

/** What a deployment can take in a minute. */
interface Room {
  readonly promptTokensMax: number;
  readonly tokens: number;
  readonly requests: number;
}

function roomsAt(fleet: readonly LabDeployment[], faults: readonly LabFault[], atMs: number): readonly Room[] {
  const own = fleet.map((deployment) => {
    const present = faults.filter(
      ({ deployment: id, fromMs, toMs }) => id === deployment.id && fromMs <= atMs && atMs < toMs,
    );
    return present.reduce(left, wholeRoom(deployment));
  });
  return own.map((room, index) => {
    const share = shareOfKey(fleet, own, index);
    return { ...room, tokens: room.tokens * share, requests: room.requests * share };
  });
}

function wholeRoom({ model, type, trueCapacity, promptTokensMax }: LabDeployment): Room {
  const facts = modelFacts(model);
  const longest = promptTokensMax ?? Number.POSITIVE_INFINITY;
  if (isProvisioned(type)) {
    const tokens = trueCapacity * facts.provisioned.inputTokensPerMinutePerUnit;
    return { promptTokensMax: longest, tokens, requests: Number.POSITIVE_INFINITY };
  }
  const tokens = trueCapacity * 1_000;
  return { promptTokensMax: longest, tokens, requests: requestsPerMinuteOf(facts, tokens) };
}

function left(room: Room, { fault }: LabFault): Room {
  switch (fault.kind) {
    case 'others': {
      const requests = fault.tokensPerMinute / fault.requestTokens;
      return {
        ...room,
        tokens: Math.max(0, room.tokens - fault.tokensPerMinute),
        requests: Math.max(0, room.requests - requests),
      };
    }
    case 'lowered':
      return { ...room, tokens: room.tokens * fault.share, requests: room.requests * fault.share };
    case 'demand':
      return { ...room, tokens: room.tokens * (1 - fault.share), requests: room.requests * (1 - fault.share) };
    case 'outage':
      return { ...room, tokens: 0, requests: 0 };
    case 'slow':
    case 'dayHint':
      return room;
  }
}

/** Of deployments that draw on one quota, none can have more than its part of it. */
function shareOfKey(fleet: readonly LabDeployment[], rooms: readonly Room[], index: number): number {
  const key = fleet[index]?.quotaKey ?? null;
  if (key === null) return 1;
  let together = 0;
  for (const [i, room] of rooms.entries()) if (fleet[i]?.quotaKey?.name === key.name) together += room.tokens;
  return Math.min(1, (key.capacity * 1_000) / together);
}

function rateOf(rooms: readonly Room[], kinds: readonly Kind[], costs: readonly (readonly number[])[]): number {
  // Prompts that nobody takes at all.
  if (kinds.length === 0) return 0;
  let low = 0;
  let high = 1;
  while (fits(high, rooms, kinds, costs)) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (fits(middle, rooms, kinds, costs)) low = middle;
    else high = middle;
  }
  return low;
}

/** Short prompts first, each where the fewest others can go: what remains there is of use to longer ones. */
function fits(
  requestsPerMinute: number,
  rooms: readonly Room[],
  kinds: readonly Kind[],
  costs: readonly (readonly number[])[],
): boolean {
  const rest = rooms.map((room, index) => ({ ...room, costs: costs[index] ?? [] }));
  rest.sort((a, b) => a.promptTokensMax - b.promptTokensMax);
  return kinds.every(({ promptTokensMax, share }, kind) => {
    let open = requestsPerMinute * share;
    for (const room of rest) {
      if (room.promptTokensMax < promptTokensMax) continue;
      const cost = room.costs[kind] ?? 0;
      const taken = Math.min(open, room.requests, cost === 0 ? open : room.tokens / cost);
      room.tokens -= taken * cost;
      room.requests -= taken;
      open -= taken;
    }
    return open <= 1e-9 * requestsPerMinute;
  });
}

/** Of a whole run in which a load of this share is offered. */
export function requestsFor(load: number, ratePerMinute: number, seconds: number): number {
  return Math.round((load * ratePerMinute * seconds * 1_000) / MINUTE_MS);
}
