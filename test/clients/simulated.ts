/** A started simulator with every kind of deployment, and the official clients of it. */
import type { TestContext } from 'node:test';
import { type ResourceOptions, type Simulator, startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI } from 'openai';

const API_VERSION = '2025-03-01-preview';

const DEPLOYMENTS = [
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
  { name: 'thinker', model: 'gpt-5-mini', capacity: 1000 },
  { name: 'text', model: 'gpt-35-turbo-instruct', capacity: 1000 },
  { name: 'embedding', model: 'text-embedding-3-small', capacity: 1000 },
  { name: 'units', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 50 },
  { name: 'beside', model: 'gpt-4o', capacity: 1000, contentFilter: 'asynchronous' },
] as const;

export class Simulated {
  readonly simulator: Simulator;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  get url(): string {
    return this.simulator.resources[0]?.url ?? '';
  }

  get key(): string {
    return this.simulator.resources[0]?.key ?? '';
  }

  azure(options: { readonly maxRetries?: number; readonly apiKey?: string } = {}): AzureOpenAI {
    return new AzureOpenAI({
      endpoint: this.url,
      apiKey: this.key,
      apiVersion: API_VERSION,
      maxRetries: 0,
      ...options,
    });
  }

  v1(): OpenAI {
    return new OpenAI({ baseURL: `${this.url}/openai/v1/`, apiKey: this.key, maxRetries: 0 });
  }

  async admin(path: string, body: unknown, method = 'POST'): Promise<void> {
    const url = `${this.simulator.adminUrl}${path}`;
    const response = await fetch(url, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }
}

/** Answers take no time, unless said otherwise. Closed with the test. */
export async function simulated(t: TestContext, resource: Partial<ResourceOptions> = {}): Promise<Simulated> {
  const simulator = await startSimulator({
    port: 0,
    resources: [
      {
        name: 'openai1',
        latency: { firstTokenMs: 0, perTokenMs: 0 },
        deployments: DEPLOYMENTS,
        ...resource,
      },
    ],
  });
  t.after(() => simulator.close());
  return new Simulated(simulator);
}

/** The two ways to Azure OpenAI that its documentation shows. */
export const CLIENTS: ReadonlyArray<readonly [name: string, make: (of: Simulated) => OpenAI]> = [
  ['AzureOpenAI', (of) => of.azure()],
  ['OpenAI with /openai/v1', (of) => of.v1()],
];
