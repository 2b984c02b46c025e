/** For the parity rows: a simulator whose time is held by hand, asked through its port. */
import { FakeClock } from '@spillway/clock';
import { type DeploymentOptions, type Simulator, type StartOptions, startSimulator } from '@spillway/simulator';
import { type Received, type Sending, send } from '../../apps/simulator/src/testing.ts';

const API_VERSION = 'api-version=2024-10-21';
export const AT_ONCE = { firstTokenMs: 0, perTokenMs: 0 } as const;
/** The answers of the anchor fill the length that is allowed; so do these. */
export const FILLED = { style: 'prose', fill: true } as const;

/** As the anchor counted: gpt-3.5 of 2024. */
export const DEPLOYMENTS: readonly DeploymentOptions[] = [
  { name: 'low_limit', model: 'gpt-35-turbo', capacity: 0.384, quotaMode: 'measured-2024' },
  { name: 'gpt-35-turbo-100k', model: 'gpt-35-turbo', capacity: 100, quotaMode: 'measured-2024' },
  { name: 'deployment1', model: 'gpt-35-turbo', capacity: 100_000, quotaMode: 'measured-2024' },
  { name: 'embedding', model: 'text-embedding-ada-002', capacity: 10_000 },
  { name: 'embedding-3', model: 'text-embedding-3-small', capacity: 10_000 },
];

export interface Bench {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  /** @param operation for example `chat/completions`. */
  ask(deployment: string, operation: string, body: unknown, sending?: Sending): Promise<Received>;
  chat(body: object, deployment?: string): Promise<Received>;
  admin(method: string, path: string, body?: unknown): Promise<Received>;
}

export async function withBench(
  run: (bench: Bench) => Promise<void>,
  options: Partial<StartOptions> = {},
): Promise<void> {
  const clock = new FakeClock();
  const simulator = await startSimulator({
    port: 0,
    clock,
    resources: [{ name: 'openai1', latency: AT_ONCE, answers: FILLED, deployments: DEPLOYMENTS }],
    ...options,
  });
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  const ask: Bench['ask'] = (deployment, operation, body, sending) =>
    send(`${url}/openai/deployments/${deployment}/${operation}?${API_VERSION}`, {
      headers: { 'api-key': key },
      body,
      ...sending,
    });
  try {
    await run({
      simulator,
      clock,
      ask,
      chat: (body, deployment = 'deployment1') => ask(deployment, 'chat/completions', body),
      admin: (method, path, body) => send(`${simulator.adminUrl}${path}`, { method, body }),
    });
  } finally {
    await simulator.close();
  }
}
