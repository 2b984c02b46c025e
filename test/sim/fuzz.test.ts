/** A simulator that is sent what nobody should send: it answers or closes, soon, never with 5xx, and is well afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Simulator, type StartOptions, startSimulator } from '@spillway/simulator';
import { Chance } from './chance.ts';
import { hostileAdminRequest } from './hostile-admin.ts';
import { hostileDoorRequest } from './hostile-azure.ts';
import { type HostileRequest, HostileRequests } from './hostile-http.ts';
import { type Exchange, exchange, type RawAnswer } from './raw-http.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const REQUESTS = 2_000;
/** Connections at a time. */
const AT_ONCE = 8;
/** An exchange that takes this long has hung. Milliseconds. */
const EXCHANGE_MS_MAX = 5_000;
/** After so many requests a minute passes, so that one which asks for a million tokens does not have the rest refused. */
const REQUESTS_PER_MINUTE = 20;
/** Most of what a failed exchange shows of itself. */
const SHOWN_CHARS = 600;

async function withFuzzed(
  run: (simulator: Simulator, clock: FakeClock) => Promise<void>,
  options: Pick<StartOptions, 'control'> = {},
): Promise<void> {
  const clock = new FakeClock();
  const simulator = await startSimulator({
    port: 0,
    clock,
    ...options,
    resources: [
      {
        name: 'openai1',
        latency: { firstTokenMs: 0, perTokenMs: 0 },
        deployments: [
          { name: 'chat', model: 'gpt-4o', capacity: 1_000_000 },
          { name: 'instruct', model: 'gpt-35-turbo', capacity: 1_000_000 },
          { name: 'thinker', model: 'o4-mini', capacity: 1_000_000 },
          { name: 'ptu', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 500, spilloverDeploymentName: 'chat' },
          { name: 'embedding', model: 'text-embedding-3-small', capacity: 1_000_000 },
        ],
      },
    ],
  });
  try {
    await run(simulator, clock);
  } finally {
    await simulator.close();
  }
}

/** @returns what is wrong with how a request was met; null where nothing is. */
function problemWith(asked: HostileRequest, { end, answers, rest }: Exchange): string | null {
  if (end === 'timeout') return `no end within ${EXCHANGE_MS_MAX} ms, ${answers.length} answers`;
  const failure = answers.find(({ status }) => status >= 500);
  if (failure !== undefined) return `status ${failure.status}: ${failure.body.slice(0, SHOWN_CHARS)}`;
  if (rest !== '') return `an answer is cut or no HTTP: ${JSON.stringify(rest.slice(0, SHOWN_CHARS))}`;
  if (asked.answers > 0 && answers.length !== asked.answers) return `${answers.length} answers, not ${asked.answers}`;
  const nameless = answers.find(
    ({ status, headers, body }) => body !== '' && headers.get('content-type') === undefined && status < 400,
  );
  return nameless === undefined ? null : `status ${nameless.status} with a body of no type`;
}

async function fuzz(port: number, requests: HostileRequests, clock: FakeClock): Promise<ReadonlyMap<number, number>> {
  const statuses = new Map<number, number>();
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < REQUESTS) {
      const number = sent++;
      if (number % REQUESTS_PER_MINUTE === 0) clock.advance(60_000);
      const asked = requests.next();
      const met = await exchange({ ...asked, port, timeoutMs: EXCHANGE_MS_MAX });
      const problem = problemWith(asked, met);
      const shown = Buffer.concat(asked.pieces).toString('latin1').slice(0, SHOWN_CHARS);
      assert.equal(problem, null, `seed ${SEED}, request ${number}: ${problem}\n${shown}`);
      for (const { status } of met.answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return statuses;
}

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);

test(
  `startSimulator: ${REQUESTS} hostile requests to a resource, seed ${SEED}: no 5xx, no hang, and it is well afterwards`,
  { timeout: 60_000 },
  (t) =>
    withFuzzed(async (simulator, clock) => {
      const { url = '', key = '' } = simulator.resources[0] ?? {};
      const startedMs = performance.now();
      const statuses = await fuzz(portOf(url), new HostileRequests(new Chance(SEED), key), clock);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      t.diagnostic(
        `seed ${SEED}: ${REQUESTS} requests in ${seconds} s, ${JSON.stringify(Object.fromEntries(statuses))}`,
      );
      for (const status of [200, 400, 401, 404])
        assert.ok((statuses.get(status) ?? 0) > 0, `none was answered ${status}`);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
      clock.advance(60_000);
      const good = await fetch(`${url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`, {
        method: 'POST',
        headers: { 'api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'Are you well?' }] }),
      });
      assert.equal(good.status, 200, await good.text());
      for (const { name, active } of simulator.state().resources[0]?.deployments ?? []) {
        assert.equal(active, 0, `${name} has answers under way for nobody`);
      }
    }),
);

const ADMIN_REQUESTS = 1_000;

test(
  `startSimulator: ${ADMIN_REQUESTS} hostile requests to the admin port, seed ${SEED}: no 5xx, no hang, and it still tells its state`,
  {
    timeout: 60_000,
  },
  () =>
    withFuzzed(async ({ adminUrl }) => {
      const { routes } = await (await fetch(`${adminUrl}/admin`)).json();
      assert.ok(routes.length > 10, 'GET /admin lists the routes');
      const chance = new Chance(SEED);
      const statuses = new Set<number>();
      for (let number = 0; number < ADMIN_REQUESTS; number++) {
        const { method, path, body } = hostileAdminRequest(chance, routes);
        const hasBody = method !== 'GET' && body !== '';
        const answer = await fetch(`${adminUrl}${path}`, {
          method,
          signal: AbortSignal.timeout(EXCHANGE_MS_MAX),
          ...(hasBody ? { body, headers: { 'content-type': 'application/json' } } : {}),
        });
        const text = await answer.text();
        const shown = `${method} ${path}\n${body.slice(0, SHOWN_CHARS)}\n${text.slice(0, SHOWN_CHARS)}`;
        assert.ok(answer.status < 500, `seed ${SEED}, request ${number}: status ${answer.status}: ${shown}`);
        statuses.add(answer.status);
      }
      for (const status of [200, 400, 404]) assert.ok(statuses.has(status), `none was answered ${status}`);
      assert.equal((await fetch(`${adminUrl}/admin/state`)).status, 200);
    }),
);

const DOOR_REQUESTS = 3_000;
/** Long enough that what is being made is changed, deleted and asked for meanwhile. */
const PROVISIONING_SECONDS = 120;

test(
  `startSimulator: ${DOOR_REQUESTS} hostile requests to control plane, metrics, identity and page, seed ${SEED}: no 5xx, no hang, nothing for strangers`,
  { timeout: 60_000 },
  (t) =>
    withFuzzed(
      async (simulator, clock) => {
        const port = portOf(simulator.adminUrl);
        const chance = new Chance(SEED);
        const statuses = new Map<number, number>();
        let sent = 0;
        const worker = async (): Promise<void> => {
          while (sent < DOOR_REQUESTS) {
            const number = sent++;
            if (number % REQUESTS_PER_MINUTE === 0) clock.advance(60_000);
            const { bytes, method, foreign } = hostileDoorRequest(chance);
            const bodiless = method === 'HEAD';
            const asked = { pieces: [bytes], halfClose: false, answers: 1, bodiless };
            const met = await exchange({ ...asked, port, timeoutMs: EXCHANGE_MS_MAX });
            const [answer] = met.answers;
            const status = answer?.status ?? 0;
            const problem = problemWith(asked, met) ?? doorProblem(answer, foreign);
            const shown = bytes.toString('latin1').slice(0, SHOWN_CHARS);
            assert.equal(problem, null, `seed ${SEED}, request ${number}: ${problem}\n${shown}`);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, worker));
        t.diagnostic(`seed ${SEED}: ${JSON.stringify(Object.fromEntries(statuses))}`);
        for (const status of [200, 201, 202, 204, 400, 401, 403, 404, 405, 409]) {
          assert.ok((statuses.get(status) ?? 0) > 0, `none was answered ${status}`);
        }
        assert.equal(Reflect.get({}, 'polluted'), undefined);
        assert.equal((await fetch(`${simulator.adminUrl}/admin/state`)).status, 200);
        assert.ok(simulator.resources.some(({ name }) => name === 'openai1'));
      },
      { control: { provisioningSeconds: PROVISIONING_SECONDS } },
    ),
);

/** Health tells nothing that strangers may not know, and is asked by every name. */
function doorProblem(answer: RawAnswer | undefined, foreign: boolean): string | null {
  if (answer === undefined) return 'no answer';
  const { status, headers, body } = answer;
  if (headers.has('x-injected')) return 'a header of the client stands in the answer';
  if (body.includes('simulated-secret')) return 'the answer holds a secret';
  const isPage = headers.get('content-type')?.startsWith('text/html') ?? false;
  if (isPage && /<script>alert|<img src=x/.test(body)) return 'the page holds what the client wrote';
  const isHealth = body.startsWith('{"status":"ok"');
  return foreign && status < 400 && !isHealth ? `status ${status} for a stranger` : null;
}
