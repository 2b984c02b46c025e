/** `spillway simulate`: Azure OpenAI resources on this machine. */
import { systemClock } from '@spillway/clock';
import { startSimulator } from '@spillway/simulator';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import { table } from '../lines.ts';
import { stopSignals } from '../stop.ts';

export interface SimulateFlags {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly json?: boolean;
}

export async function simulate(flags: SimulateFlags): Promise<Exit> {
  const stop = stopSignals(systemClock, ['SIGHUP']);
  const { host, port, seed } = flags;
  const simulator = await startSimulator({ host, port, seed }).catch((error: unknown) => {
    throw new UsedWrongly(error instanceof Error ? error.message : String(error));
  });
  process.stdout.write(flags.json ? `${JSON.stringify(addresses(simulator), null, 2)}\n` : simulatorText(simulator));
  process.stderr.write('Simulating; Ctrl-C ends.\n');
  await stop.asked;
  await simulator.close();
  process.stderr.write('The simulator has ended.\n');
  return EXIT.done;
}

interface Addresses {
  readonly adminUrl: string;
  readonly resources: ReadonlyArray<{ readonly name: string; readonly url: string; readonly key: string }>;
}

function addresses({ adminUrl, resources }: Addresses): Addresses {
  return { adminUrl, resources };
}

function simulatorText({ adminUrl, resources }: Addresses): string {
  const rows = resources.map(({ name, url, key }) => [name, url, key]);
  const curls = resources.map(
    ({ url, key }) =>
      `curl ${url}/openai/v1/chat/completions -H 'api-key: ${key}' \\\n` +
      `  -H 'content-type: application/json' \\\n` +
      `  -d '{"model":"chat","messages":[{"role":"user","content":"Hello"}]}'`,
  );
  const first = resources[0]?.name ?? 'openai1';
  return [
    ...table([['resource', 'url', 'key'], ...rows], new Set()),
    '',
    'Deployments: chat (gpt-4o) and embedding (text-embedding-3-small), 30,000 tokens a minute each.',
    '',
    ...curls,
    '',
    'Make it misbehave, and see what it is doing:',
    `curl -X POST ${adminUrl}/admin/resources/${first}/deployments/chat/throttle -d '{"seconds":30}'`,
    `curl -X POST ${adminUrl}/admin/resources/${first}/stop`,
    `curl ${adminUrl}/admin/resources`,
    '',
  ].join('\n');
}
