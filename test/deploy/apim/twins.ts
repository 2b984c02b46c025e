/** The same fleet twice, each on a simulator of its own: once behind the gateway, once behind the interpreted API Management. One clock. */
import type { TestContext } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Config, configFromYaml, printError } from '@spillway/config';
import { startGateway } from '@spillway/gateway';
import { DEFAULT_APIM_OPTIONS } from '@spillway/render';
import { type ResourceOptions, type Simulator, startSimulator } from '@spillway/simulator';
import type { Asked } from './exchange.ts';
import { Apim, type Fetched, IDENTITY_TOKEN, type Sent } from './interpreter.ts';
import { fileOf, NO_LIMIT, rendered } from './rendered.ts';

/** What a client saw, and who was asked for it, in order. */
export interface Seen {
  readonly called: readonly string[];
  readonly status: number;
  /** Seconds, as the header says; null: it is not there. */
  readonly retryAfter: string | null;
}

export interface Side {
  /** Below `/openai`. */
  ask(asked: Asked): Promise<Seen>;
  readonly simulator: Simulator;
}

export interface Twins {
  readonly clock: FakeClock;
  readonly gateway: Side;
  readonly apim: Side;
}

export const CLIENT_KEY = 'key-of-the-client';
const RESOURCE_KEY = 'key-of-a-resource';

export interface Fleet {
  /** Of each resource, the name of its deployment of gpt-4o, from the first priority on. */
  readonly deployments: readonly string[];
}

export async function twins(t: TestContext, fleet: Fleet): Promise<Twins> {
  const clock = new FakeClock();
  const [one, other] = [await simulated(t, fleet, clock), await simulated(t, fleet, clock)];
  const gateway = await gatewaySide(t, one, fleet, clock);
  return { clock, gateway, apim: apimSide(other, fleet, clock) };
}

async function simulated(t: TestContext, { deployments }: Fleet, clock: FakeClock): Promise<Simulator> {
  const resources = deployments.map(
    (name, i): ResourceOptions => ({
      name: `openai${i + 1}`,
      key: RESOURCE_KEY,
      deployments: [{ name, model: 'gpt-4o', capacity: 1_000 }],
      latency: { firstTokenMs: 0, perTokenMs: 0 },
    }),
  );
  const simulator = await startSimulator({ port: 0, resources, clock });
  t.after(() => simulator.close());
  return simulator;
}

function configOf(simulator: Simulator, { deployments }: Fleet): Config {
  const backends = simulator.resources.map(({ name, url }, i) => {
    const deployment = `{ name: ${deployments[i]}, model: gpt-4o, type: Standard, priority: ${i + 1} }`;
    return `  - { name: ${name}, url: "${url}", apiKey: "\${RESOURCE_KEY}", deployments: [${deployment}] }\n`;
  });
  const text = `backends:
${backends.join('')}clients: [{ name: chat-app, key: "\${CLIENT_KEY}" }]
waiting: { maxMs: { interactive: 0, standard: 0, batch: 0 } }
`;
  const loaded = configFromYaml({ text, file: 'twins.yaml', env: { RESOURCE_KEY, CLIENT_KEY }, secrets: new Map() });
  if (loaded.kind === 'errors') throw new Error(loaded.errors.map(printError).join('\n'));
  return loaded.config;
}

async function gatewaySide(t: TestContext, own: Simulator, fleet: Fleet, clock: FakeClock): Promise<Side> {
  const gateway = await startGateway({ config: configOf(own, fleet), port: 0, adminPort: 0, clock, unit: () => 0.5 });
  t.after(() => gateway.close());
  const ask = async ({ method, path, headers, body }: Asked): Promise<Seen> => {
    own.journal.clear();
    const answer = await fetch(`${gateway.url}/openai${path}`, { method, headers: { ...headers }, body });
    await answer.arrayBuffer();
    return { called: calledOf(own), status: answer.status, retryAfter: answer.headers.get('retry-after') };
  };
  return { ask, simulator: own };
}

function apimSide(own: Simulator, fleet: Fleet, clock: FakeClock): Side {
  const files = rendered(configOf(own, fleet), DEFAULT_APIM_OPTIONS);
  const apim = new Apim({
    template: fileOf(files, 'infra/main.json'),
    namedValues: { 'identity-client-id': 'identity', 'client-tokens-per-minute': NO_LIMIT },
    send,
    nowMs: () => Math.floor(clock.nowMs()),
    unit: () => 0.5,
    keys: { [CLIENT_KEY]: 'chat-app' },
  });
  const ask = async (asked: Asked): Promise<Seen> => {
    own.journal.clear();
    const { status, headers } = await apim.ask(asked);
    return { called: calledOf(own), status, retryAfter: headers.get('retry-after') ?? null };
  };
  return { ask, simulator: own };
}

/** Names of resources, in the order they were asked: each is noted when its request comes. */
const calledOf = ({ journal }: Simulator): string[] => journal.entries({}).map(({ resource }) => resource);

/** Only the managed identity's token goes up; the simulator takes it for the resource's key. */
async function send({ method, url, headers, body }: Sent): Promise<Fetched> {
  if (headers.get('authorization') !== `Bearer ${IDENTITY_TOKEN}`) throw new Error('not signed in by the identity');
  if (headers.has('api-key')) throw new Error("the client's key went up");
  const sent = { ...Object.fromEntries(headers), authorization: `Bearer ${RESOURCE_KEY}` };
  const answer = await fetch(url, { method, headers: sent, body });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}

/** Does the same to both. */
export async function toBoth({ gateway, apim }: Twins, method: string, path: string, body?: unknown): Promise<void> {
  for (const { simulator } of [gateway, apim]) {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(simulator.adminUrl + path, { method, ...init });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
}
