/** What the demo runs: two simulators (one behind the gateway, one for the client that goes straight to it), the gateway and the chat app. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '@spillway/clock';
import { type Config, configFromYaml, printError } from '@spillway/config';
import { type Gateway, type GatewayOptions, startGateway } from '@spillway/gateway';
import { type Simulator, startSimulator } from '@spillway/simulator';
import { type ChatApp, openChatApp } from './chat-app.ts';
import type { Way } from './drive.ts';
import { CLIENT_KEY, DEPLOYMENT, type Urls } from './examples.ts';
import { freePorts } from './ports.ts';
import { ANSWERS, deploymentsOf, EMBEDDING, RESOURCES, THROTTLED } from './resources.ts';
import { throttle } from './throttle.ts';

const HOST = '127.0.0.1';

export interface StageOptions {
  readonly port: number;
  readonly adminPort: number;
  readonly simPort: number;
  readonly chatPort: number;
  readonly seed: number;
  /** Told of everything that happens in the gateway. */
  readonly emit: NonNullable<GatewayOptions['emit']>;
  /** Told what a visitor should know, such as a port that moved. */
  readonly say: (text: string) => void;
}

export interface Stage {
  readonly urls: Urls;
  readonly direct: Way;
  readonly spillway: Way;
  readonly chat: ChatApp;
  /** All resources but the last refuse the chat app for a while. */
  throttle(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { seed, emit } = options;
  const ports = await choosePorts(options);
  const opened: Array<{ close(): Promise<void> }> = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.unshift(part);
    return part;
  };
  const close = async () => {
    for (const part of opened) await part.close();
  };
  try {
    const resources = RESOURCES.map(resource);
    const behind = keep(await startSimulator({ host: HOST, port: ports.sim, seed, resources }));
    const beside = keep(await startSimulator({ host: HOST, port: 0, seed, resources: [resource('direct')] }));
    const config = configFor(behind);
    const where = { host: HOST, port: ports.gateway, adminPort: ports.admin };
    // Ids of the demo's state are good for as long as it runs.
    const env = { SPILLWAY_SEAL_KEY: randomUUID() };
    const options = { config, ...where, emit, env, clock: systemClock };
    const gateway = keep(await startGateway(options));
    const chat = keep(await openChatApp(gateway.url, ports.chat));
    const urls = { gateway: gateway.url, admin: gateway.adminUrl, simulator: behind.adminUrl, chat: chat.url };
    const throttled = { simulatorUrl: behind.adminUrl, resources: THROTTLED, deployments: [ANSWERS, EMBEDDING] };
    return { urls, ...waysOf(gateway, beside), chat, throttle: () => throttle(throttled), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answers as `spillway simulate` does, so that both show the same. */
function resource(name: string) {
  return { name, deployments: deploymentsOf(name) };
}

function waysOf(gateway: Gateway, beside: Simulator): Pick<Stage, 'direct' | 'spillway'> {
  const [only] = beside.resources;
  if (only === undefined) throw new Error('the simulator has no resource');
  return {
    direct: { endpoint: only.url, apiKey: only.key, deployment: DEPLOYMENT },
    spillway: { endpoint: gateway.url, apiKey: CLIENT_KEY, deployment: DEPLOYMENT },
  };
}

async function choosePorts({ port, adminPort, simPort, chatPort, say }: StageOptions) {
  const free = async (what: string, from: number, count: number, taken: readonly number[]) => {
    const found = await freePorts(HOST, from, count, taken);
    if (found !== from) say(`Port ${from} is not free: ${what} moves to ${found === 0 ? 'a free one' : found}.`);
    return found;
  };
  const gateway = await free('the gateway', port, 1, [adminPort]);
  const admin = await free('the admin port', port === 0 ? 0 : adminPort, 1, [gateway]);
  const simFrom = port === 0 ? 0 : simPort;
  const sim = await free('the simulator', simFrom, 1 + RESOURCES.length, [gateway, admin]);
  const sims = sim === 0 ? [] : Array.from({ length: 1 + RESOURCES.length }, (_, i) => sim + i);
  const chat = await free('the chat app', port === 0 ? 0 : chatPort, 1, [gateway, admin, ...sims]);
  return { gateway, admin, sim, chat };
}

/** As a visitor would write it; secrets come from the environment. */
function configFor(behind: Simulator): Config {
  const env = Object.fromEntries(behind.resources.map(({ key }, i) => [`OPENAI${i + 1}_KEY`, key]));
  const backends = behind.resources.map(({ name, url }, i) =>
    [
      `  - name: ${name}`,
      `    url: ${url}`,
      `    apiKey: \${OPENAI${i + 1}_KEY}`,
      '    deployments:',
      ...deploymentsOf(name).map(
        (each) =>
          `      - { name: ${each.name}, model: ${each.model}, type: Standard, capacity: ${each.capacity}, priority: ${i + 1} }`,
      ),
    ].join('\n'),
  );
  const clients = ['clients:', `  - { name: demo, key: "\${DEMO_KEY}" }`];
  const text = ['backends:', ...backends, ...clients].join('\n');
  const loaded = configFromYaml({ text, file: 'demo.yaml', env: { ...env, DEMO_KEY: CLIENT_KEY }, secrets: new Map() });
  if (loaded.kind === 'ok') return loaded.config;
  throw new Error(`the demo's own configuration is wrong:\n${loaded.errors.map(printError).join('\n')}`);
}
