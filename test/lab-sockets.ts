/**
 * A scenario of the lab through real sockets: the same fleet simulated, the gateway in front of it, the same trace sent with the
 * official client. All of them live on one clock, which may run faster than the wall's: minutes of traffic take moments, and what the
 * machine itself costs counts that much more.
 */
import type { TestContext } from 'node:test';
import { SteeredClock, systemClock } from '@spillway/clock';
import { type Config, configFromYaml } from '@spillway/config';
import { startGateway } from '@spillway/gateway';
import type { Arrival, Draw, LabDeployment, Scenario } from '@spillway/planner';
import { type ResourceOptions, type Simulator, startSimulator } from '@spillway/simulator';
import { OpenAI } from 'openai';

/** The simulator counts as documented; these are its answers to what a draw leaves open. */
export const AS_SIMULATED: Draw = {
  window: 'fixed',
  phaseMs: 0,
  refunds: false,
  countsRefused: true,
  unboundedTokens: 16,
  choicesCount: true,
  requestSliceMs: 10_000,
  limitRequestsOf: 'minute',
  bucketSeconds: 60,
  provisionedUnboundedTokens: 1_000,
  charsPerToken: 4,
  hintsMs: true,
};

const CLIENT_KEY = 'client-key';
/** Longest that a client comes back to be told again, as the trace says; a guard against a test without end. */
const RETURNS_MAX = 10;

/** One request of the trace, as its client saw it. */
export interface Seen {
  readonly arrival: Arrival;
  /** The first time it asked, and each time that it came back. */
  readonly statuses: readonly number[];
}

export interface SocketRun {
  readonly seen: readonly Seen[];
  /** Tries that the simulated resources refused with 429, from the first request on. */
  readonly wasted: number;
  /** Requests that each deployment served, by its id. */
  readonly servedBy: ReadonlyMap<string, number>;
}

export interface SocketSpec {
  readonly scenario: Scenario;
  readonly trace: readonly Arrival[];
  /** Times as fast as the clock on the wall. */
  readonly speed: number;
}

export async function runThroughSockets(t: TestContext, { scenario, trace, speed }: SocketSpec): Promise<SocketRun> {
  const clock = new SteeredClock(systemClock);
  clock.setSpeed(speed);
  const tallies = { wasted: 0 };
  const servedBy = new Map<string, number>();
  const simulator = await startSimulator({
    port: 0,
    clock,
    resources: resourcesOf(scenario.fleet),
    onRequest: ({ status, resource, deployment }) => {
      if (status === 429) tallies.wasted++;
      const id = `${resource}/${deployment}`;
      if (status === 200) servedBy.set(id, (servedBy.get(id) ?? 0) + 1);
    },
  });
  t.after(() => simulator.close());
  const gateway = await startGateway({ config: configOf(scenario, simulator), port: 0, adminPort: 0, clock });
  t.after(() => gateway.close());
  const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1/`, apiKey: CLIENT_KEY, maxRetries: 0 });
  const beganMs = clock.nowMs();
  const sleepUntil = (atMs: number) => new Promise<void>((resolve) => clock.after(atMs - clock.nowMs(), resolve));
  const seen = await Promise.all(
    trace.map(async (arrival, at): Promise<Seen> => {
      await sleepUntil(beganMs + arrival.atMs);
      return { arrival, statuses: await visit({ client, arrival, at, sleepUntil, nowMs: () => clock.nowMs() }) };
    }),
  );
  return { seen, wasted: tallies.wasted, servedBy };
}

interface Visit {
  readonly client: OpenAI;
  readonly arrival: Arrival;
  readonly at: number;
  readonly sleepUntil: (atMs: number) => Promise<void>;
  readonly nowMs: () => number;
}

/** Asks, and comes back when it is told to, as often as the trace says. */
async function visit({ client, arrival, at, sleepUntil, nowMs }: Visit): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let returns = 0; returns <= RETURNS_MAX; returns++) {
    const { status, waitMs } = await ask(client, arrival, { at, returns });
    statuses.push(status);
    if (status !== 429 || returns >= arrival.comebacks) break;
    await sleepUntil(nowMs() + waitMs);
  }
  return statuses;
}

interface Asking {
  /** Of the request in its trace. */
  readonly at: number;
  /** How often it has come back. */
  readonly returns: number;
}

/** Of a chat request beside its text: what it is wrapped in. Bytes, and tokens as the simulator counts them. */
const ENVELOPE_BYTES = 100;
const ENVELOPE_TOKENS = 7;

/** The request of the trace as it goes over the wire: plain text of so many characters, in the JSON of a chat. */
export function asSent(arrival: Arrival): Arrival {
  const { promptChars } = arrival;
  const promptTokens = Math.ceil(promptChars / AS_SIMULATED.charsPerToken) + ENVELOPE_TOKENS;
  return { ...arrival, promptTokens, promptBytes: promptChars + ENVELOPE_BYTES };
}

async function ask(client: OpenAI, { promptChars, answerTokensMax }: Arrival, { at, returns }: Asking) {
  // No two prompts begin alike, so that no cache takes part.
  const content = `${at} ${'some words to read '.repeat(Math.ceil(promptChars / 19))}`.slice(0, promptChars);
  try {
    await client.chat.completions.create(
      {
        model: MODEL,
        messages: [{ role: 'user', content }],
        ...(answerTokensMax === null ? {} : { max_tokens: answerTokensMax }),
      },
      // The client's own retries wait on the wall's clock; these are ours, and say so as its own would.
      { headers: { 'x-stainless-retry-count': String(returns) } },
    );
    return { status: 200, waitMs: 0 };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    return { status: error.status ?? 0, waitMs: Number(error.headers?.get('retry-after-ms') ?? 1_000) };
  }
}

const MODEL = 'gpt-4o';

/** `east/chat`: deployment chat of resource east. */
function partsOf({ id }: LabDeployment): readonly [resource: string, deployment: string] {
  const [resource = '', deployment = ''] = id.split('/');
  return [resource, deployment];
}

function resourcesOf(fleet: readonly LabDeployment[]): readonly ResourceOptions[] {
  const names = [...new Set(fleet.map((one) => partsOf(one)[0]))];
  return names.map((name) => {
    const mine = fleet.filter((one) => partsOf(one)[0] === name);
    const [first] = mine;
    return {
      name,
      // Answers go to the request's limit, and take as long as the lab's.
      answers: { fill: true },
      latency: {
        firstTokenMs: first?.firstByteMs ?? 0,
        perTokenMs: first?.tokenMs ?? 0,
        perPromptTokenMs: 0,
        spread: 0,
        loadFactor: 1,
      },
      deployments: mine.map((one) => ({
        name: partsOf(one)[1],
        model: one.model,
        type: one.type,
        capacity: one.trueCapacity,
      })),
    };
  });
}

function configOf({ fleet, waitMsMax }: Scenario, simulator: Simulator): Config {
  const backends = simulator.resources.map(({ name, url }) => ({
    name,
    url,
    apiKey: `\${${keyVariable(name)}}`,
    deployments: fleet
      .filter((one) => partsOf(one)[0] === name)
      .map((one) => {
        const { model, type, capacity, priority, weight } = one;
        return { name: partsOf(one)[1], model, type, capacity, priority, weight };
      }),
  }));
  const text = JSON.stringify({ backends, clients: [{ name: 'lab', key: '${LAB_KEY}' }] });
  const keys = simulator.resources.map(({ name, key }) => [keyVariable(name), key]);
  const env = { LAB_KEY: CLIENT_KEY, ...Object.fromEntries(keys) };
  const loaded = configFromYaml({ text, file: 'lab.yaml', env, secrets: new Map() });
  if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
  const { config } = loaded;
  return { ...config, policy: { ...config.policy, waiting: { ...config.policy.waiting, maxMs: waitMsMax } } };
}

function keyVariable(resource: string): string {
  return `${resource.toUpperCase()}_KEY`;
}
