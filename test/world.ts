/** Simulator and gateway on free loopback ports, for tests that need the real thing. */
import type { TestContext } from 'node:test';
import { type Config, configFromEnvironment } from '@spillway/config';
import { type Gateway, startGateway } from '@spillway/gateway';
import {
  type DeploymentOptions,
  type ResourceOptions,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@spillway/simulator';
import { AzureOpenAI, OpenAI } from 'openai';

export const CLIENT_KEY = 'client-key';
export const API_VERSION = '2024-10-21';

export interface WorldSettings {
  /** Thousands of tokens per minute of each chat deployment. Default 1,000. */
  readonly capacity?: number;
  readonly resources?: number;
  /** Milliseconds to the first token and for each further one. Default none. */
  readonly latency?: { readonly firstTokenMs: number; readonly perTokenMs: number };
  readonly env?: Readonly<Record<string, string>>;
  /** Of the simulator, in place of those of its table. */
  readonly models?: SimulatorOptions['models'];
  /** What each resource says. Default: from the sources that a prompt carries. */
  readonly answers?: ResourceOptions['answers'];
}

export class World {
  readonly simulator: Simulator;
  readonly gateway: Gateway;

  constructor(simulator: Simulator, gateway: Gateway) {
    this.simulator = simulator;
    this.gateway = gateway;
  }

  /** The official client, as an application that knows nothing of a gateway would build it. */
  azure(options: { readonly maxRetries?: number; readonly apiKey?: string } = {}): AzureOpenAI {
    const { maxRetries = 0, apiKey = CLIENT_KEY } = options;
    return new AzureOpenAI({ endpoint: this.gateway.url, apiKey, apiVersion: API_VERSION, maxRetries });
  }

  openai(options: { readonly maxRetries?: number } = {}): OpenAI {
    const { maxRetries = 0 } = options;
    return new OpenAI({ baseURL: `${this.gateway.url}/openai/v1/`, apiKey: CLIENT_KEY, maxRetries });
  }

  /** The n-th resource, from 1, without the gateway. */
  direct(n: number): AzureOpenAI {
    const { url: endpoint, key: apiKey } = this.#resource(n);
    return new AzureOpenAI({ endpoint, apiKey, apiVersion: API_VERSION, maxRetries: 0 });
  }

  /** Makes the chat deployment of the n-th resource answer 429 for so long. */
  throttle(n: number, seconds: number): Promise<unknown> {
    return this.admin('POST', `/admin/resources/${this.#resource(n).name}/deployments/chat/throttle`, { seconds });
  }

  fault(n: number, fault: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.admin('POST', '/admin/faults', { resource: this.#resource(n).name, ...fault });
  }

  stop(n: number): Promise<unknown> {
    return this.admin('POST', `/admin/resources/${this.#resource(n).name}/stop`);
  }

  async admin(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(this.simulator.adminUrl + path, {
      ...init,
      headers: { 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  #resource(n: number): Simulator['resources'][number] {
    const resource = this.simulator.resources[n - 1];
    if (resource === undefined) throw new Error(`there is no resource ${n}`);
    return resource;
  }
}

export async function world(t: TestContext, settings: WorldSettings = {}): Promise<World> {
  const { capacity = 1_000, resources = 3, latency = { firstTokenMs: 0, perTokenMs: 0 } } = settings;
  const deployments: DeploymentOptions[] = [
    { name: 'chat', model: 'gpt-4o', capacity },
    { name: 'embedding', model: 'text-embedding-3-small', capacity },
  ];
  const named = Array.from({ length: resources }, (_, i): ResourceOptions => {
    return { name: `openai${i + 1}`, deployments, latency, answers: settings.answers ?? {} };
  });
  const simulator = await startSimulator({ port: 0, resources: named, models: settings.models ?? [] });
  t.after(() => simulator.close());
  const gateway = await startGateway({ config: configFor(simulator, settings.env ?? {}), port: 0, adminPort: 0 });
  t.after(() => gateway.close());
  return new World(simulator, gateway);
}

/** As the Container Apps sample is configured: by environment alone. */
export function configFor(simulator: Simulator, extra: Readonly<Record<string, string>>): Config {
  const env: Record<string, string> = { CLIENT_1_NAME: 'tests', CLIENT_1_KEY: CLIENT_KEY };
  for (const [i, { name, url, key }] of simulator.resources.entries()) {
    Object.assign(env, {
      [`BACKEND_${i + 1}_URL`]: url,
      [`BACKEND_${i + 1}_NAME`]: name,
      [`BACKEND_${i + 1}_PRIORITY`]: String(i + 1),
      [`BACKEND_${i + 1}_APIKEY`]: key,
    });
  }
  const loaded = configFromEnvironment({ ...env, ...extra });
  if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

export async function textOf(stream: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}
