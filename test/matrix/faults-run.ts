/** Runs the cells of the fault matrix: a gateway of its own for each, in front of three simulated resources, the first of which fails. */
import { FakeClock, seededUnit } from '@spillway/clock';
import { configFromEnvironment } from '@spillway/config';
import { type Gateway, startGateway } from '@spillway/gateway';
import { type JournalEntry, type Simulator, startSimulator } from '@spillway/simulator';
import { type Answer, type Ask, ask } from './ask.ts';
import { earlyBackend } from './early-end.ts';
import { ENDPOINTS, type Endpoint, UPLOAD, withFile } from './endpoints.ts';
import { type Ending, FAULTS, type Fault, type Wanted, wanted } from './faults-wanted.ts';

const SEED = 11;
const KEY = 'client-key';
const RESOURCES = ['openai1', 'openai2', 'openai3'];

export interface FaultResult {
  readonly fault: Fault;
  readonly endpoint: Endpoint;
  readonly wanted: Wanted;
  /** null: as wanted. */
  readonly problem: string | null;
}

export async function runFaults(faults = FAULTS, endpoints = ENDPOINTS): Promise<readonly FaultResult[]> {
  const simulator = await startSimulator({ port: 0, seed: SEED, resources: RESOURCES.map(resource) });
  const results: FaultResult[] = [];
  try {
    for (const fault of faults) {
      for (const endpoint of endpoints) {
        const want = wanted(fault, endpoint);
        const problem = want.ending === 'none' ? null : await runCell(simulator, fault, endpoint, want.ending);
        results.push({ fault, endpoint, wanted: want, problem });
      }
    }
  } finally {
    await simulator.close();
  }
  return results;
}

function resource(name: string) {
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const capacity = 100_000;
  const deployments = [
    { name: 'chat', model: 'gpt-4o', capacity },
    { name: 'text', model: 'gpt-35-turbo-instruct', capacity },
    { name: 'embedding', model: 'text-embedding-3-small', capacity },
    { name: 'drawing', model: 'gpt-image-1', capacity },
    { name: 'ear', model: 'gpt-4o-transcribe', capacity },
  ];
  return { name, latency, deployments };
}

async function runCell(simulator: Simulator, fault: Fault, endpoint: Endpoint, ending: Ending) {
  const clock = new FakeClock();
  const early = fault.early === undefined ? null : await earlyBackend(fault.early);
  const gateway = await gatewayTo(simulator, clock, early?.url ?? null);
  try {
    const asked = await readied(gateway, endpoint.ask);
    await begin(simulator, fault);
    simulator.journal.clear();
    const pending = ask(gateway.url, KEY, asked);
    if (fault.shows === 'quiet') await letTimePass(simulator, clock, pending);
    const answer = await pending;
    const begun = RESOURCES.map((name, i) => (i === 0 && early !== null ? early.begun() : begunAt(simulator, name)));
    return problemWith(answer, begun, { fault, endpoint, ending });
  } finally {
    await end(simulator, fault);
    await gateway.close();
    await early?.close();
  }
}

/** What is asked about is kept by openai1, which is the one that fails. */
async function readied(gateway: Gateway, asked: Ask): Promise<Ask> {
  if (!`${asked.path}${asked.body}`.includes('<file>')) return asked;
  const made = await ask(gateway.url, KEY, UPLOAD);
  if (typeof made === 'string' || made.status !== 200)
    throw new Error(`no file could be made: ${typeof made === 'string' ? made : made.body}`);
  const { id } = JSON.parse(made.body.toString());
  return withFile(asked, String(id));
}

async function begin(simulator: Simulator, { spec, where, early }: Fault): Promise<void> {
  if (spec === 'stop') return admin(simulator, 'POST', '/admin/resources/openai1/stop');
  if (early !== undefined) return;
  const scope = where === 'all' ? { times: RESOURCES.length } : { resource: 'openai1' };
  return admin(simulator, 'POST', '/admin/faults', { ...spec, ...scope });
}

async function end(simulator: Simulator, { spec }: Fault): Promise<void> {
  if (spec === 'stop') await admin(simulator, 'POST', '/admin/resources/openai1/start');
  await admin(simulator, 'DELETE', '/admin/faults');
}

async function admin(simulator: Simulator, method: string, path: string, body?: object): Promise<void> {
  const text = body === undefined ? null : JSON.stringify(body);
  const answer = await fetch(simulator.adminUrl + path, { method, body: text });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
}

/** Once the request has arrived, the gateway's deadline is all that can end it. */
async function letTimePass(simulator: Simulator, clock: FakeClock, pending: Promise<unknown>): Promise<void> {
  let over = false;
  pending.finally(() => {
    over = true;
  });
  while (!over && begunAt(simulator, 'openai1') === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(PATIENCE_MS);
}

/** Above the time to the first byte, which is 100 s. Milliseconds. */
const PATIENCE_MS = 101_000;

function begunAt({ journal }: Simulator, name: string): number {
  return journal.entries({ resource: name }).filter(({ path }: JournalEntry) => path.startsWith('/openai')).length;
}

/** @param first in place of openai1; null: openai1. */
async function gatewayTo(simulator: Simulator, clock: FakeClock, first: string | null): Promise<Gateway> {
  const env: Record<string, string> = { CLIENT_1_NAME: 'matrix', CLIENT_1_KEY: KEY };
  for (const [i, { name, url, key }] of simulator.resources.entries()) {
    const n = `BACKEND_${i + 1}`;
    const at = i === 0 ? (first ?? url) : url;
    Object.assign(env, { [`${n}_URL`]: at, [`${n}_NAME`]: name, [`${n}_PRIORITY`]: `${i + 1}`, [`${n}_APIKEY`]: key });
  }
  const loaded = configFromEnvironment(env);
  if (loaded.kind === 'errors') throw new Error(JSON.stringify(loaded.errors));
  const keys = { SPILLWAY_SEAL_KEY: 'a key' };
  return startGateway({ config: loaded.config, port: 0, adminPort: 0, clock, unit: seededUnit(SEED), env: keys });
}

interface Expected {
  readonly fault: Fault;
  readonly endpoint: Endpoint;
  readonly ending: Ending;
}

/** @returns what is wrong with how it ended; null where nothing is. */
function problemWith(answer: Answer | string, begun: readonly number[], of: Expected): string | null {
  const shown = typeof answer === 'string' ? answer : `${answer.status} (${answer.end}) ${answer.body}`.slice(0, 300);
  if (begun.some((count) => count > 1)) return `done twice: ${begun.join(', ')}; ${shown}`;
  if (typeof answer === 'string') return `no answer: ${answer}`;
  if ((answer.end === 'cut') !== (of.ending === 'broken'))
    return `the connection ${answer.end === 'cut' ? 'broke' : 'did not break'}: ${shown}`;
  const places = begunWanted(of);
  if (places !== null && places !== begun.join('')) return `begun at ${begun.join('')}, not ${places}; ${shown}`;
  return endsWell(answer, of) ? null : `not ${of.ending}: ${shown}`;
}

/** How often each of the three resources is to have seen it; null where that is not to be said. */
function begunWanted({ fault, endpoint, ending }: Expected): string | null {
  const first = fault.spec === 'stop' ? '0' : '1';
  if (ending === 'elsewhere') return `${first}10`;
  if (ending === 'without') return `${first}11`;
  if (fault.where !== 'all') return `${first}00`;
  if (endpoint.kind === 'models') return '111';
  const stays = endpoint.kind === 'owner' || endpoint.kind === 'list';
  return stays || (endpoint.kind === 'once' && !fault.proof) ? '100' : '111';
}

function endsWell(answer: Answer, { fault, endpoint, ending }: Expected): boolean {
  const text = answer.body.toString();
  switch (ending) {
    case 'elsewhere':
      return answer.status === 200 && (!endpoint.streams || isWholeStream(text));
    case 'without':
      return answer.status === 200 && text.includes('"data"');
    case 'told':
      return answer.status >= 400 && isTold(answer, fault);
    case 'ended':
      return answer.status === 200 && endsWithOneError(text);
    case 'broken':
    case 'passed':
      return answer.status === 200 && text !== '';
    case 'none':
      return true;
  }
}

function isWholeStream(text: string): boolean {
  const ended = /data: \[DONE\]\s*$/.test(text) || /"type":"response\.completed"/.test(text);
  return ended && !/data: \{"error"|"type":"error"/.test(text);
}

/** The resource's own words, or the gateway's in Azure's shape; a 429 says when to come back. */
function isTold({ status, headers, body }: Answer, { name }: Fault): boolean {
  if (status === 429 && !('retry-after' in headers) && !('retry-after-ms' in headers)) return false;
  if (name.includes('page') || (name === '502' && status === 502)) return true;
  return isErrorShape(body.toString());
}

function isErrorShape(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && ('error' in value || 'statusCode' in value);
  } catch {
    return false;
  }
}

/** Whole events alone, the last but for `[DONE]` an error, the only one. */
function endsWithOneError(text: string): boolean {
  const events = text.split(/\r?\n\r?\n/);
  if (events.pop() !== '') return false;
  const told = events.filter((event) => /^data: \{"error"|"type":"error"|"type":"response\.failed"/m.test(event));
  const last = events.filter((event) => event !== 'data: [DONE]').at(-1);
  return told.length === 1 && told[0] === last && events.every((event) => event.includes('data:'));
}
