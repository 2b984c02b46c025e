import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { Counters, ID_CHARS_MAX, LEARNED_DEPLOYMENTS_MAX } from '../observe/counters.ts';
import { Ledger } from '../state/ledger.ts';
import { attemptEnded } from '../testing/events.ts';
import { testFleet } from '../testing/kit.ts';
import { type FleetSource, fleetReport, REPORTED_NAMES_MAX, toldApart } from './fleet-report.ts';

function source() {
  const clock = new FakeClock();
  const ledger = new Ledger(testFleet([{ on: 'openai1', model: 'gpt-4o' }], ['openai2']), {
    namesMax: 10_000,
    expiryMs: 60_000,
  });
  const made: FleetSource = {
    ledger,
    counters: new Counters(({ id, name }) => name === '' || id === 'openai1/chat'),
    nowMs: () => clock.nowMs(),
    startedMs: clock.nowMs(),
    version: '1.2.3',
    phase: () => 'ready',
    waiters: ({ name }) => (name === 'gpt-4o' ? 3 : 0),
  };
  return { made, clock, ledger };
}

test('fleetReport: is plain data, the same after a journey as JSON', () => {
  const { made, clock, ledger } = source();
  ledger.pool('learned', clock.nowMs());
  const report = fleetReport(made);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  assert.deepEqual(
    report.pools.map(({ name, members, waiting }) => [name, members, waiting]),
    [
      ['gpt-4o', ['openai1/chat'], 3],
      ['learned', ['openai2/learned'], 0],
    ],
  );
  assert.deepEqual(
    report.deployments.map(({ id }) => id),
    ['openai1/chat', 'openai1/', 'openai2/', 'openai2/learned'],
  );
});

test('fleetReport: of the names learned, those asked for last are reported, up to the limit, and none that is too long', () => {
  const { made, clock, ledger } = source();
  for (let i = 0; i < REPORTED_NAMES_MAX + 5; i++) ledger.pool(`name-${i}`, clock.nowMs());
  const { pools, deployments } = fleetReport(made);
  assert.equal(pools.length, 1 + REPORTED_NAMES_MAX);
  assert.equal(deployments.length, 3 + REPORTED_NAMES_MAX);
  assert.equal(deployments.at(-1)?.id, `openai2/name-${REPORTED_NAMES_MAX + 4}`);
  ledger.pool('x'.repeat(ID_CHARS_MAX), clock.nowMs());
  assert.ok(fleetReport(made).deployments.every(({ id }) => id.length <= ID_CHARS_MAX));
});

test('fleetReport: a name that expired takes its counters along, its sums stay', () => {
  const { made, clock, ledger } = source();
  const deployment = ledger.pool('learned', clock.nowMs())?.members[0];
  assert.ok(deployment);
  made.counters.fold(attemptEnded(deployment));
  assert.equal(fleetReport(made).deployments.find(({ id }) => id === deployment.id)?.attempts.total, 1);
  clock.advance(60_000);
  const report = fleetReport(made);
  assert.ok(!report.deployments.some(({ id }) => id === deployment.id));
  assert.equal(made.counters.ofDeployment(deployment.id), null);
  assert.equal(report.gateway.attempts.total, 1);
});

test('toldApart: leaves out learned deployments that the metrics do not count apart, and no configured one', () => {
  const { made, clock, ledger } = source();
  for (let i = 0; i < LEARNED_DEPLOYMENTS_MAX + 20; i++) {
    const deployment = ledger.pool(`name-${i}`, clock.nowMs())?.members[0];
    assert.ok(deployment);
    clock.advance(1);
    made.counters.fold(attemptEnded(deployment, { startedMs: clock.nowMs() }));
  }
  const { deployments } = toldApart(fleetReport(made), made);
  assert.equal(deployments.length, 3 + LEARNED_DEPLOYMENTS_MAX);
  assert.equal(deployments[3]?.id, 'openai2/name-20');
});

test('fleetReport: tells of each quota what is believed of it, the own one first, then the shared one by its name', () => {
  const { made, ledger } = source();
  const [deployment] = ledger.fleet.deployments;
  assert.ok(deployment);
  const known = { type: 'Standard', capacity: 300, quotaKey: { name: 'east', capacity: 500 } } as const;
  const shared = new Ledger(
    { ...ledger.fleet, deployments: [{ ...deployment, ...known }] },
    { namesMax: 1, expiryMs: 1 },
  );
  const [report] = fleetReport({ ...made, ledger: shared }).deployments;
  assert.deepEqual(
    report?.quotas.map(({ name, kind, configuredTokensPerMinute: configured }) => [name, kind, configured]),
    [
      [null, 'standard', 300_000],
      ['east', 'standard', 500_000],
    ],
  );
});

test('fleetReport: exchanges that wait for a pool count once, by however many names it is asked for', () => {
  const { made, ledger } = source();
  const pool = ledger.fleet.pools.get('gpt-4o');
  assert.ok(pool);
  const aliased = { ...ledger.fleet, pools: new Map([...ledger.fleet.pools, ['alias', pool] as const]) };
  const report = fleetReport({ ...made, ledger: new Ledger(aliased, { namesMax: 1, expiryMs: 1 }) });
  assert.deepEqual(
    report.pools.map(({ name, waiting }) => [name, waiting]),
    [
      ['gpt-4o', 3],
      ['alias', 3],
    ],
  );
  assert.equal(report.gateway.waiting, 3);
});
