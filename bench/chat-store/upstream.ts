/** Simulator and gateway, with quota for everything; says where the gateway is. Ends with whoever started it. */
import { configFromEnvironment } from '@spillway/config';
import { startGateway } from '@spillway/gateway';
import { startSimulator } from '@spillway/simulator';

/** Thousands of tokens a minute: a thousand pages are some 1.5 million. */
const CAPACITY = 100_000;

const deployments = [
  { name: 'chat', model: 'gpt-4o', capacity: CAPACITY },
  { name: 'embedding', model: 'text-embedding-3-small', capacity: CAPACITY },
];
const latency = { firstTokenMs: 0, perTokenMs: 0 };
const simulator = await startSimulator({ port: 0, resources: [{ name: 'openai1', deployments, latency }] });
const [resource] = simulator.resources;
const loaded = configFromEnvironment({
  BACKEND_1_URL: resource?.url ?? '',
  BACKEND_1_NAME: 'openai1',
  BACKEND_1_APIKEY: resource?.key ?? '',
  CLIENT_1_NAME: 'benchmark',
  CLIENT_1_KEY: 'benchmark',
});
if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
const gateway = await startGateway({ config: loaded.config, port: 0, adminPort: 0 });
process.stdout.write(`${gateway.url}\n`);
