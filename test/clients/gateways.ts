/** Simulated resources behind one or more gateways, and the official clients as applications build them. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Clock, seededUnit } from '@spillway/clock';
import { configFromYaml } from '@spillway/config';
import { type Gateway, startGateway } from '@spillway/gateway';
import { type ResourceOptions, type Simulator, type StartOptions, startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI } from 'openai';

export const CLIENT_KEY = 'client-key';
/** Callers by key; what each makes without naming a model stays together, on another resource each of three. */
const CALLERS = { tests: CLIENT_KEY, 'team-a': 'key-of-team-a', 'team-b': 'key-of-team-b' };
export const CALLER_KEYS = Object.values(CALLERS);
const API_VERSION = '2025-04-01-preview';

const DEPLOYMENTS = [
  { name: 'chat', model: 'gpt-4o', capacity: 10_000 },
  { name: 'thinker', model: 'gpt-5-mini', capacity: 10_000 },
  { name: 'text', model: 'gpt-35-turbo-instruct', capacity: 10_000 },
  { name: 'embedding', model: 'text-embedding-3-small', capacity: 10_000 },
  { name: 'drawing', model: 'gpt-image-1', capacity: 10_000 },
  { name: 'voice', model: 'gpt-4o-mini-tts', capacity: 10_000 },
  { name: 'ear', model: 'whisper', capacity: 10_000 },
] as const;

export interface FleetSettings {
  /** Default three. */
  readonly resources?: number;
  /** Of every resource. */
  readonly resource?: Partial<ResourceOptions>;
  readonly clock?: Clock;
  /** More of the configuration of each backend: `dialect: v1`. Default nothing. */
  readonly backend?: string;
  /** Default: no key, so that what is sealed is lost with the process. */
  readonly sealKey?: string;
  readonly simulator?: Partial<StartOptions>;
}

export class Fleet {
  readonly simulator: Simulator;
  readonly #settings: FleetSettings;
  readonly #started: (gateway: Gateway) => void;

  constructor(simulator: Simulator, settings: FleetSettings, started: (gateway: Gateway) => void) {
    this.simulator = simulator;
    this.#settings = settings;
    this.#started = started;
  }

  /** One more gateway in front of the same resources: a replica, or the same one after a restart. */
  async gateway(sealKey = this.#settings.sealKey): Promise<Front> {
    const { backend = '' } = this.#settings;
    const { resources } = this.simulator;
    const backends = resources.map(
      ({ name, url }, i) => `  - name: ${name}\n    url: ${url}\n    apiKey: \${KEY_${i + 1}}\n    ${backend}\n`,
    );
    const clients = Object.keys(CALLERS).map((name, i) => `  - { name: ${name}, key: "\${CLIENT_${i}}" }\n`);
    const text = `backends:\n${backends.join('')}clients:\n${clients.join('')}`;
    const keys = Object.fromEntries(resources.map(({ key }, i) => [`KEY_${i + 1}`, key]));
    const callers = Object.fromEntries(CALLER_KEYS.map((key, i) => [`CLIENT_${i}`, key]));
    const env = { ...keys, ...callers };
    const loaded = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
    assert.equal(loaded.kind, 'ok', JSON.stringify(loaded));
    assert.ok(loaded.kind === 'ok');
    const seal = sealKey === undefined ? {} : { SPILLWAY_SEAL_KEY: sealKey };
    const options = { config: loaded.config, port: 0, adminPort: 0, unit: seededUnit(3), env: seal };
    const gateway = await startGateway(options);
    this.#started(gateway);
    return new Front(gateway);
  }

  /** The n-th resource, from 1, without a gateway. */
  direct(n: number): OpenAI {
    const { url = '', key = '' } = this.simulator.resources[n - 1] ?? {};
    return new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: key, maxRetries: 0 });
  }

  async admin(path: string, body: object = {}): Promise<void> {
    const answer = await fetch(this.simulator.adminUrl + path, { method: 'POST', body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
  }

  /** Requests that each resource has seen, by its name. */
  seen(path: RegExp): Readonly<Record<string, number>> {
    const { journal, resources } = this.simulator;
    const count = (resource: string) => journal.entries({ resource }).filter((entry) => path.test(entry.path)).length;
    return Object.fromEntries(resources.map(({ name }) => [name, count(name)]));
  }
}

/** A gateway as its clients know it. */
export class Front {
  readonly gateway: Gateway;

  constructor(gateway: Gateway) {
    this.gateway = gateway;
  }

  azure(apiKey = CLIENT_KEY): AzureOpenAI {
    const { url: endpoint } = this.gateway;
    return new AzureOpenAI({ endpoint, apiKey, apiVersion: API_VERSION, maxRetries: 0 });
  }

  v1(apiKey = CLIENT_KEY): OpenAI {
    return new OpenAI({ baseURL: `${this.gateway.url}/openai/v1/`, apiKey, maxRetries: 0 });
  }
}

/** Closed with the test. Answers take no time, unless said otherwise. */
export async function fleet(t: TestContext, settings: FleetSettings = {}): Promise<Fleet> {
  const { resources = 3, resource = {}, clock, simulator: more = {} } = settings;
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const named = Array.from({ length: resources }, (_, i): ResourceOptions => {
    return { name: `openai${i + 1}`, deployments: DEPLOYMENTS, latency, ...resource };
  });
  const simulator = await startSimulator({ port: 0, resources: named, ...(clock && { clock }), ...more });
  t.after(() => simulator.close());
  return new Fleet(simulator, settings, (gateway) => t.after(() => gateway.close()));
}

/** Gateway and fleet, where one of each is all that is wanted. */
export async function front(t: TestContext, settings: FleetSettings = {}): Promise<Front & { readonly fleet: Fleet }> {
  const of = await fleet(t, settings);
  return Object.assign(await of.gateway(), { fleet: of });
}

export const CLIENTS: ReadonlyArray<readonly [name: string, make: (of: Front, apiKey?: string) => OpenAI]> = [
  ['AzureOpenAI', (of, apiKey) => of.azure(apiKey)],
  ['OpenAI with /openai/v1', (of, apiKey) => of.v1(apiKey)],
];

export async function idsOf(items: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of items) ids.push(id);
  return ids;
}
