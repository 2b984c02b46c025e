/**
 * The lab's figures hold on the wire: the same scenario, trace and seed once under virtual time and once through simulator, gateway
 * and the official client. What differs is the machine's own time, which sockets and processes take; the noise allowed is stated
 * beside each figure. SPILLWAY_LAB_MINUTES makes the runs longer (npm run e2e).
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Arrival, run, type Scenario, scenarioFromYaml, traceOf } from '@spillway/planner';
import { AS_SIMULATED, asSent, runThroughSockets, type Seen, type SocketRun } from '../lab-sockets.ts';
import { measuredSteadily } from '../steady.ts';

/** Of the simulated clock. */
const MINUTES = Number(process.env.SPILLWAY_LAB_MINUTES ?? 5);
/** Five simulated minutes in one of ours; a millisecond of the machine's is five there. */
const SPEED = 5;
const WARM_UP_SECONDS = 60;
/** Standing still for longer is two seconds of the simulated clock, in which quota opens and answers end. Each run takes a minute or more. */
const STEADY = { stillMsMax: 400, timesMax: 2 };
/** Of one test. Milliseconds. */
const TIMEOUT_MS = (STEADY.timesMax * MINUTES * 60_000) / SPEED + 120_000;
const SEED = 20261121;

/** Several kinds of requests; each answer goes to its bound, as the simulator is told to answer. */
const CLIENTS = `
  - { name: short, count: 2, share: 2, prompt: { median: 200, spread: 0.5 }, answer: { kind: fixed, tokens: 100 }, bound: 100, comebacks: { share: 1, times: 3 } }
  - { name: long, share: 1, prompt: { median: 300, spread: 0.5 }, answer: { kind: fixed, tokens: 400 }, bound: 400, comebacks: { share: 1, times: 3 } }`;

const STANDARD = `
  - { id: east/chat, capacity: 60, firstByteMs: 300, tokenMs: 5 }
  - { id: west/chat, capacity: 40, firstByteMs: 300, tokenMs: 5 }`;
const UNITS = `
  - { id: east/ptu, type: ProvisionedManaged, capacity: 50, priority: 1, firstByteMs: 300, tokenMs: 5 }
  - { id: west/chat, capacity: 60, priority: 2, firstByteMs: 300, tokenMs: 5 }`;

function scenario(name: string, fleet: string, load: number): Scenario {
  const text = `
why: The same through sockets.
seconds: ${MINUTES * 60}
warmUpSeconds: ${WARM_UP_SECONDS}
waitMsMax: { interactive: 2000, standard: 2000, batch: 2000 }
fleet:${fleet}
load: ${load}
clients:${CLIENTS}
`;
  const read = scenarioFromYaml(text, `${name}.yaml`);
  if (read.kind === 'errors') assert.fail(JSON.stringify(read.errors));
  return read.scenario;
}

interface Compared {
  /** Share of the requests that were served the first time that they asked. */
  readonly served: number;
  /** Share that was served in the end, having come back as told. */
  readonly servedInTheEnd: number;
  /** Tries that a resource refused, of 1,000 requests. */
  readonly wastedPer1000: number;
  /** Share of the answers that came from the first deployment of the fleet. */
  readonly first: number;
}

function inLab(lab: Scenario, trace: readonly Arrival[]): Compared {
  const { fates } = run({ scenario: lab, trace, draw: AS_SIMULATED, seed: SEED, strategy: 'headroom' });
  const measured = fates.filter(({ arrival }) => arrival.atMs >= WARM_UP_SECONDS * 1_000);
  const firsts = measured.filter(({ isComeback }) => !isComeback);
  const answers = fates.filter(({ status }) => status === 200);
  const count = (all: typeof fates) => all.filter(({ status }) => status === 200).length;
  return {
    served: count(firsts) / firsts.length,
    servedInTheEnd: count(measured) / firsts.length,
    wastedPer1000: (1_000 * fates.reduce((sum, { wasted }) => sum + wasted, 0)) / trace.length,
    first: answers.filter(({ servedBy }) => servedBy === lab.fleet[0]?.id).length / answers.length,
  };
}

function onWire(lab: Scenario, { seen, wasted, servedBy }: SocketRun): Compared {
  const measured = seen.filter(({ arrival }) => arrival.atMs >= WARM_UP_SECONDS * 1_000);
  const share = (of: (one: Seen) => boolean) => measured.filter(of).length / measured.length;
  const answers = [...servedBy.values()].reduce((sum, count) => sum + count, 0);
  return {
    served: share(({ statuses }) => statuses[0] === 200),
    servedInTheEnd: share(({ statuses }) => statuses.at(-1) === 200),
    wastedPer1000: (1_000 * wasted) / seen.length,
    first: (servedBy.get(lab.fleet[0]?.id ?? '') ?? 0) / answers,
  };
}

async function both(t: TestContext, lab: Scenario) {
  const trace = traceOf(lab, AS_SIMULATED, SEED).map(asSent);
  assert.ok(trace.length > 300, `${trace.length} requests are too few to compare`);
  const virtual = inLab(lab, trace);
  const sent = await measuredSteadily(t, STEADY, () => runThroughSockets(t, { scenario: lab, trace, speed: SPEED }));
  if (sent === null) return null;
  const real = onWire(lab, sent);
  t.diagnostic(
    `${lab.name}: ${trace.length} requests; lab ${JSON.stringify(virtual)}; sockets ${JSON.stringify(real)}`,
  );
  return { virtual, real };
}

function assertNear(what: string, virtual: number, real: number, noise: number): void {
  const difference = Math.abs(virtual - real);
  assert.ok(difference <= noise, `${what}: lab ${virtual}, sockets ${real}: ${difference} apart, above ${noise}`);
}

test('lab: a Standard fleet filled to 95 % serves the same through sockets', { timeout: TIMEOUT_MS }, async (t) => {
  const figures = await both(t, scenario('fill-95', STANDARD, 0.95));
  if (figures === null) return;
  const { virtual, real } = figures;
  assertNear('served', virtual.served, real.served, 0.02);
  assertNear('wasted per 1,000', virtual.wastedPer1000, real.wastedPer1000, 5);
  assertNear('share of the first', virtual.first, real.first, 0.05);
});

test('lab: units are filled first and then spill, the same through sockets', { timeout: TIMEOUT_MS }, async (t) => {
  const figures = await both(t, scenario('ptu-then-spill', UNITS, 0.9));
  if (figures === null) return;
  const { virtual, real } = figures;
  assertNear('served', virtual.served, real.served, 0.02);
  assertNear('wasted per 1,000', virtual.wastedPer1000, real.wastedPer1000, 10);
  assertNear('share of the units', virtual.first, real.first, 0.05);
});

test('lab: overload with clients that come back is refused the same through sockets', {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const figures = await both(t, scenario('overload', STANDARD, 1.5));
  if (figures === null) return;
  const { virtual, real } = figures;
  assertNear('served at first', virtual.served, real.served, 0.05);
  assertNear('served in the end', virtual.servedInTheEnd, real.servedInTheEnd, 0.05);
  assertNear('wasted per 1,000', virtual.wastedPer1000, real.wastedPer1000, 10);
});
