import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANSWER_MS_MAX, Api, pathOf, REQUESTS_SHOWN_MAX } from './api.ts';

interface Asked {
  readonly path: string;
  readonly init: RequestInit;
}

function apiOf(
  respond: (path: string) => Response,
  key: string | null = null,
): { readonly api: Api; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    asked.push({ path, init });
    return respond(path);
  };
  return { api: new Api({ fetch, key: () => key }), asked };
}

const STATE = { clock: { nowMs: 0, paused: false, speed: 1 }, resources: [], quotas: [], faults: [] };

test('Api: shows state and the last requests, newest first', async () => {
  const { api, asked } = apiOf((path) =>
    Response.json(path === '/admin/state' ? STATE : { requests: [{ path: '/1' }, { path: '/2' }] }),
  );
  const shown = await api.shown();
  assert.ok(shown.kind === 'ok');
  assert.deepEqual(shown.value.state, STATE);
  assert.deepEqual(
    shown.value.requests.map(({ path }) => path),
    ['/2', '/1'],
  );
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['/admin/state', `/admin/journal?limit=${REQUESTS_SHOWN_MAX}`],
  );
});

test('Api: what is not the simulator’s state is told as such', async () => {
  const shown = await apiOf(() => Response.json({ status: 'ok' })).api.shown();
  assert.ok(shown.kind === 'refused');
  assert.match(shown.message, /Reload the page/);
});

const REFUSALS: ReadonlyArray<readonly [status: number, body: string, want: object]> = [
  [
    400,
    '{"error":{"code":"invalid","message":"seconds: is missing"}}',
    { code: 'invalid', message: 'seconds: is missing' },
  ],
  [502, '<html>', { code: '', message: 'The answer was 502, without a reason.' }],
];

for (const [status, body, want] of REFUSALS) {
  test(`Api: tells a refusal ${status} in the words of whoever refused`, async () => {
    const { api } = apiOf(() => new Response(body, { status }));
    assert.deepEqual(await api.send('POST', '/x', {}), { kind: 'refused', status, ...want });
  });
}

test('Api: 401 is the wish for a key, and the key goes with each request once it is there', async () => {
  const locked = apiOf(() => Response.json({ error: { message: 'no key' } }, { status: 401 }));
  assert.deepEqual(await locked.api.shown(), { kind: 'locked', message: 'no key' });
  const open = apiOf(() => Response.json({}), 'the-key');
  await open.api.send('DELETE', '/x');
  assert.deepEqual(open.asked[0]?.init.headers, { accept: 'application/json', 'api-key': 'the-key' });
});

test('Api: a request that nobody answers says that nobody is there', async () => {
  const fetch = (): Promise<Response> => Promise.reject(new TypeError('Failed to fetch'));
  assert.deepEqual(await new Api({ fetch, key: () => null }).shown(), { kind: 'gone' });
});

test('Api: nobody is there either where an answer takes longer than the longest wait', async () => {
  const late = new AbortController();
  const waits: number[] = [];
  const fetch = (_path: string, { signal }: RequestInit): Promise<Response> =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  const signalAfter = (ms: number): AbortSignal => {
    waits.push(ms);
    return late.signal;
  };
  const answer = new Api({ fetch, signalAfter, key: () => null }).send('GET', '/admin/state');
  late.abort();
  assert.deepEqual([await answer, waits], [{ kind: 'gone' }, [ANSWER_MS_MAX]]);
});

test('pathOf: each name is one segment', () => {
  assert.equal(pathOf('resources', 'a/b', 'stop'), '/admin/resources/a%2Fb/stop');
});

test('Api: tells the usage of each place, or why one does not tell', async () => {
  const places = ['East US', 'Japan East'].map((region) => ({ subscription: 'simulated', region }));
  const row = { name: { value: 'OpenAI.Standard.gpt-4o' }, currentValue: 30, limit: 100 };
  const told = await apiOf(() => Response.json({ value: [row] })).api.usages(places);
  assert.ok(told.kind === 'ok');
  assert.deepEqual(
    told.value.map(({ region, rows }) => [region, rows.length]),
    [
      ['East US', 1],
      ['Japan East', 1],
    ],
  );
  const error = { error: { code: 'notFound', message: 'no such route' } };
  const refused = await apiOf(() => Response.json(error, { status: 404 })).api.usages(places);
  assert.equal(refused.kind, 'refused');
});
