/** A trace: who asks what and when, made from a scenario and a seed, so that the load offered is the load that was asked for. */
import { seededUnit, type Unit } from '@spillway/clock';
import { arrivalTimes } from './arrivals.ts';
import { OverLimit } from './over-limit.ts';
import { type Asked, askerOf } from './prompts.ts';
import { requestsFor, usableRate } from './traffic-capacity.ts';
import type { Arrival, Draw, LabClient, Scenario } from './types.ts';

/** Longest trace; more would run for minutes. */
export const ARRIVALS_MAX = 200_000;

/** Requests from which the mean cost of a mix is guessed, before as many are made as are needed. */
const SAMPLE = 1_000;
/** Assumed for the sample; costs hardly depend on it. */
const SAMPLE_PARALLEL = 20;
/** The mean cost of what was made tells how much is needed; that changes the mean a little. */
const CORRECTIONS = 2;

/** Sorted by `atMs`. The same scenario, draw and seed make the same trace. */
export function traceOf(scenario: Scenario, draw: Draw, seed: number): readonly Arrival[] {
  const { traffic, seconds } = scenario;
  const kinds = new Kinds(traffic.clients, seed);
  let count = countFor(scenario, draw, kinds.sample());
  kinds.begin(count / seconds);
  for (let i = 0; i < CORRECTIONS; i++) count = countFor(scenario, draw, kinds.asked(count).flat());
  const trace = kinds.asked(count).flatMap((asked, index) => {
    const arrivals = traffic.clients[index]?.arrivals ?? traffic.arrivals;
    const times = arrivalTimes(arrivals, { count: asked.length, seconds, unit: dice(seed, index, 'times') });
    return asked.map((each, i): Arrival => ({ atMs: times[i] ?? 0, ...each }));
  });
  return traffic.clients.length === 1 ? trace : trace.sort((a, b) => a.atMs - b.atMs);
}

function countFor(scenario: Scenario, draw: Draw, mix: readonly Asked[]): number {
  const { load } = scenario.traffic;
  const count = requestsFor(load, usableRate(scenario, draw, mix), scenario.seconds);
  if (count >= 1 && count <= ARRIVALS_MAX) return count;
  throw new OverLimit(
    `${scenario.name}: a load of ${load} is ${count} requests in ${scenario.seconds} s; a run has 1 to ${ARRIVALS_MAX}; change the fleet, the lengths or the time`,
  );
}

/** What each kind of client asks, as much of it as is needed. */
class Kinds {
  readonly #clients: readonly LabClient[];
  readonly #seed: number;
  readonly #shares: readonly number[];
  #askers: ReadonlyArray<() => Asked> = [];
  readonly #made: Asked[][];

  constructor(clients: readonly LabClient[], seed: number) {
    this.#clients = clients;
    this.#seed = seed;
    const whole = clients.reduce((sum, { share }) => sum + share, 0);
    this.#shares = clients.map(({ share }) => share / whole);
    this.#made = clients.map(() => []);
  }

  sample(): readonly Asked[] {
    return this.#clients.flatMap((client, index) => {
      const asker = askerOf(client, SAMPLE_PARALLEL, dice(this.#seed, index, 'sample'));
      return Array.from({ length: Math.ceil(SAMPLE * (this.#shares[index] ?? 0)) }, asker);
    });
  }

  /** Of a conversation, turns are as far apart as somebody thinks. */
  begin(requestsPerSecond: number): void {
    this.#askers = this.#clients.map((client, index) => {
      const rate = requestsPerSecond * (this.#shares[index] ?? 0);
      const parallel = Math.min(ARRIVALS_MAX, Math.round(rate * (client.conversation?.thinkSeconds ?? 0)));
      return askerOf(client, parallel, dice(this.#seed, index, 'asked'));
    });
  }

  /** So many in all, by their shares. */
  asked(count: number): ReadonlyArray<readonly Asked[]> {
    return this.#askers.map((asker, index) => {
      const made = this.#made[index] ?? [];
      const wanted = Math.round(count * (this.#shares[index] ?? 0));
      while (made.length < wanted) made.push(asker());
      return made.slice(0, wanted);
    });
  }
}

/** One for each purpose: that one is asked more often does not change another. */
function dice(seed: number, kind: number, purpose: 'sample' | 'asked' | 'times'): Unit {
  const place = 3 * kind + ['sample', 'asked', 'times'].indexOf(purpose);
  return seededUnit(Math.imul(seed + 1, 0x9e37_79b1) ^ Math.imul(place + 1, 0x85eb_ca6b));
}
