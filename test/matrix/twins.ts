/**
 * Two simulators that are the same: what a client gets from one directly is what the other must give through the gateway. Both draw
 * their ids and answers from one seed and hold time by hand, so that even ids and counters are equal as long as both are asked the same.
 */
import { FakeClock, seededUnit } from '@spillway/clock';
import { configFromYaml } from '@spillway/config';
import { type Gateway, startGateway } from '@spillway/gateway';
import { type DeploymentOptions, type Simulator, startSimulator } from '@spillway/simulator';

/**
 * one: a backend. three: alike, each request goes where chance sends it. replica: the same, every other request at a second gateway.
 * other: one that is sent to on v1 paths alone, or, where the client uses those, on classic ones alone.
 */
export const FLEETS = ['one', 'three', 'replica', 'other'] as const;
export type FleetKind = (typeof FLEETS)[number];

const SEED = 5;
export const CLIENT_KEY = 'client-key';
const SEAL_KEY = 'a key that both replicas have';

const DEPLOYMENTS: readonly DeploymentOptions[] = [
  { name: 'chat', model: 'gpt-4o', capacity: 10_000 },
  { name: 'thinker', model: 'gpt-5-mini', capacity: 10_000 },
  { name: 'text', model: 'gpt-35-turbo-instruct', capacity: 10_000 },
  { name: 'embedding', model: 'text-embedding-3-small', capacity: 10_000 },
  { name: 'drawing', model: 'gpt-image-1', capacity: 1_000 },
  { name: 'voice', model: 'gpt-4o-mini-tts', capacity: 10_000 },
  { name: 'ear', model: 'gpt-4o-transcribe', capacity: 10_000 },
  { name: 'talk', model: 'gpt-realtime', capacity: 10_000 },
  { name: 'old-talk', model: 'gpt-4o-realtime-preview', capacity: 10_000 },
];

type Spoken = 'both' | 'classic' | 'v1';

export interface Twins {
  readonly direct: Simulator;
  readonly gateways: readonly Gateway[];
  readonly kind: FleetKind;
  /** On both sides. */
  advance(ms: number): void;
  /** On both sides: what one was asked more than the other counts no more. */
  reseed(): Promise<void>;
  close(): Promise<void>;
}

/** @param dialect of the backends; both, but for `other`. */
export async function twins(kind: FleetKind, dialect: Spoken): Promise<Twins> {
  const clocks = [new FakeClock(), new FakeClock()];
  const resources = (kind === 'one' || kind === 'other' ? [1] : [1, 2, 3]).map((n) => ({
    name: `openai${n}`,
    deployments: DEPLOYMENTS,
    latency: { firstTokenMs: 0, perTokenMs: 0 },
  }));
  const [direct, behind] = await Promise.all(
    clocks.map((clock) => startSimulator({ port: 0, seed: SEED, clock, resources })),
  );
  if (direct === undefined || behind === undefined) throw new Error('twins: two simulators were to start');
  const gateways = await Promise.all((kind === 'replica' ? [1, 2] : [1]).map((n) => gatewayTo(behind, n, dialect)));
  let seed = SEED;
  return {
    direct,
    gateways,
    kind,
    reseed: async () => {
      seed++;
      for (const { adminUrl } of [direct, behind]) {
        await fetch(`${adminUrl}/admin/seed`, { method: 'PUT', body: JSON.stringify({ seed }) });
      }
    },
    advance: (ms) => {
      for (const clock of clocks) clock.advance(ms);
    },
    close: async () => {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await Promise.all([direct.close(), behind.close()]);
    },
  };
}

function gatewayTo(simulator: Simulator, seed: number, dialect: Spoken): Promise<Gateway> {
  const backends = simulator.resources.map(
    ({ name, url }, i) => `  - { name: ${name}, url: "${url}", apiKey: "\${KEY_${i + 1}}", dialect: ${dialect} }\n`,
  );
  const text = `backends:\n${backends.join('')}clients:\n  - { name: matrix, key: "\${CLIENT}" }\n`;
  const keys = Object.fromEntries(simulator.resources.map(({ key }, i) => [`KEY_${i + 1}`, key]));
  const env = { ...keys, CLIENT: CLIENT_KEY };
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
  const options = { config: loaded.config, port: 0, adminPort: 0, env: { SPILLWAY_SEAL_KEY: SEAL_KEY } };
  return startGateway({ ...options, unit: seededUnit(seed) });
}
