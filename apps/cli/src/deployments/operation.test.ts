import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArmClient } from './arm-client.ts';
import { ArmFailure } from './arm-failure.ts';
import { endpointOf } from './endpoint.ts';
import { OPERATION_MS_MAX, operationDone, POLLS_MAX } from './operation.ts';
import { type Answer, armDeployment, FakeArm, HastyClock } from './testing/fake-arm.ts';

const PATH = '/deployments/MyModel?api-version=1';
const state = (provisioningState: string) => armDeployment('MyModel', { provisioningState });

/** The first answer is that to the PUT or DELETE, the others those to the looks; the last one holds on. */
async function ran(answers: readonly Answer[]) {
  await using arm = await FakeArm.start((_, count) => answers[Math.min(count, answers.length) - 1] ?? null);
  const clock = new HastyClock();
  const { signal } = new AbortController();
  const client = new ArmClient(endpointOf(arm.url), { clock, authorize: async () => ({}), signal });
  const states: string[] = [];
  const first = await client.send('PUT', PATH, {});
  const ended = await operationDone(first, PATH, { client, onProgress: (each) => states.push(each) }).then(
    () => 'done',
    (error: unknown) => (error instanceof ArmFailure ? `${error.code}: ${error.message}` : String(error)),
  );
  return { ended, states, looks: arm.asked.slice(1).map(({ path }) => path), waitedMs: clock.waitedMs };
}

const OPERATION = { 'azure-asyncoperation': 'https://management.azure.com/operations/1?api-version=1' };
const LOOK = '/operations/1?api-version=1';

test('operationDone: follows an operation wherever its state stands, and waits as long as it is asked to', async () => {
  const rows: ReadonlyArray<
    readonly [string, readonly Answer[], readonly string[], readonly string[], readonly number[]]
  > = [
    ['done at once', [{ status: 200, body: state('Succeeded') }], [], [], []],
    [
      'Azure-AsyncOperation',
      [
        { status: 201, headers: { ...OPERATION, 'retry-after': '2' }, body: state('Creating') },
        { status: 200, headers: { 'retry-after': '7' }, body: { status: 'Running' } },
        { status: 200, body: { status: 'Succeeded' } },
      ],
      [LOOK, LOOK],
      ['Creating', 'Running'],
      [2_000, 7_000],
    ],
    [
      'Location',
      [
        { status: 202, headers: { location: '/results/1' } },
        { status: 202, headers: { 'retry-after': '0' } },
        { status: 204 },
      ],
      ['/results/1', '/results/1'],
      ['InProgress'],
      [5_000, 500],
    ],
    [
      'the state of the resource',
      [
        { status: 201, body: state('Accepted') },
        { status: 200, body: state('Creating') },
        { status: 200, body: state('Succeeded') },
      ],
      [PATH, PATH],
      ['Accepted', 'Creating'],
      [5_000, 5_000],
    ],
    ['deleted, and gone', [{ status: 202 }, { status: 404 }], [PATH], ['Accepted'], [5_000]],
    ['deleted at once', [{ status: 200 }], [], [], []],
  ];
  for (const [name, answers, looks, states, waitedMs] of rows) {
    assert.deepEqual(await ran(answers), { ended: 'done', looks, states, waitedMs }, name);
  }
});

test('operationDone: an operation that fails says why', async () => {
  const error = { code: 'InsufficientQuota', message: 'No capacity.' };
  const rows: ReadonlyArray<readonly [readonly Answer[], string]> = [
    [
      [
        { status: 201, headers: OPERATION },
        { status: 200, body: { status: 'Failed', error } },
      ],
      'InsufficientQuota: No capacity.',
    ],
    [
      [
        { status: 201, headers: OPERATION },
        { status: 200, body: { status: 'Canceled' } },
      ],
      'Canceled: the operation ended so, and gives no reason',
    ],
    [
      [
        { status: 201, body: state('Creating') },
        { status: 200, body: state('Failed') },
      ],
      'Failed: the operation ended so, and gives no reason',
    ],
    [
      [
        { status: 202, headers: { location: '/x' } },
        { status: 400, body: { error } },
      ],
      'InsufficientQuota: No capacity.',
    ],
  ];
  for (const [answers, want] of rows) assert.equal((await ran(answers)).ended, want);
});

test('operationDone: waits no longer than its limits, of time and of looks', async () => {
  const running: Answer = { status: 200, body: { status: 'Running' } };
  const slow = await ran([
    { status: 201, headers: OPERATION },
    { ...running, headers: { 'retry-after': '59' } },
  ]);
  assert.deepEqual(
    slow.states,
    ['Accepted', ...Array(16).fill('Running')],
    'after 5 s, then at every second look, of 59 s',
  );
  assert.match(slow.ended, /^StillRunning: the operation is still Running after \d+ s and \d+ looks/);
  assert.ok(slow.waitedMs.reduce((sum, ms) => sum + ms, 0) <= OPERATION_MS_MAX);
  const busy = await ran([
    { status: 201, headers: OPERATION },
    { ...running, headers: { 'retry-after': '0' } },
  ]);
  assert.match(busy.ended, new RegExp(`and ${POLLS_MAX} looks`));
  assert.equal(busy.looks.length, POLLS_MAX);
});
