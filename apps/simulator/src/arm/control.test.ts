import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { StateFile } from '../keep/state-file.ts';
import { Simulation } from '../simulation.ts';
import { plainAccount } from './account.ts';
import { DELETED_ACCOUNTS_MAX, PURGE_MS } from './control.ts';
import { CONTROL_KEEPER, KeptAccounts } from './kept-accounts.ts';

const CHAT = { name: 'chat', model: 'gpt-4o', capacity: 10 };

async function withSimulation(run: (simulation: Simulation, clock: FakeClock) => Promise<void>): Promise<void> {
  const clock = new FakeClock();
  const simulation = new Simulation({ port: 0, clock, resources: [{ name: 'openai1', deployments: [CHAT] }] }, false);
  try {
    await run(simulation, clock);
  } finally {
    await simulation.close();
  }
}

async function made(simulation: Simulation, name: string, clock: FakeClock) {
  const control = { ...plainAccount(name, clock.nowMs()), isOwn: true };
  return simulation.addResource({ name, deployments: [CHAT] }, { control, deployments: {} });
}

test('Control: what is soft-deleted holds its quota until it is purged, which comes by itself after two days', () =>
  withSimulation(async (simulation, clock) => {
    const { control } = simulation;
    await control.softDelete(await made(simulation, 'acme', clock));
    assert.deepEqual(
      control.holdings().map(({ account, quota, capacity }) => [account, quota, capacity]),
      [
        ['openai1', 'OpenAI.Standard.gpt-4o', 10],
        ['acme', 'OpenAI.Standard.gpt-4o', 10],
      ],
    );
    clock.advance(PURGE_MS - 1);
    assert.equal(control.deletedOf('ACME')?.options.name, 'acme');
    clock.advance(1);
    assert.equal(control.deletedOf('acme'), undefined);
    assert.equal(control.holdings().length, 1);
  }));

test('Control: of more soft-deleted accounts than the limit the oldest is purged', () =>
  withSimulation(async (simulation, clock) => {
    const { control } = simulation;
    for (let n = 0; n <= DELETED_ACCOUNTS_MAX; n++) await control.softDelete(await made(simulation, `a${n}`, clock));
    assert.equal(control.deleted.length, DELETED_ACCOUNTS_MAX);
    assert.equal(control.deletedOf('a0'), undefined);
    assert.equal(control.deletedOf('a1')?.options.name, 'a1');
  }));

test('Control: nothing is waited for when the simulation is closed', async () => {
  const clock = new FakeClock();
  const options = { port: 0, clock, resources: [{ name: 'openai1' }], control: { provisioningSeconds: 60 } };
  const simulation = new Simulation(options, false);
  const [site] = simulation.sites;
  assert.ok(site !== undefined);
  const nowMs = clock.nowMs();
  const [first] = site.deployed.values();
  assert.ok(first !== undefined);
  const operation = simulation.control.operations.begin(nowMs, nowMs + 60_000);
  simulation.control.provision(site, { ...CHAT, name: 'late' }, first.control, operation);
  await simulation.close();
  clock.advance(60_000);
  assert.equal(site.deployed.has('late'), false);
});

test('Control: after a restart an account has its port again, unless the file has taken it since', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-control-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const stateFile = join(folder, 'state.db');
  const states = new StateFile(stateFile);
  const kept = new KeptAccounts(states.keeperOf(CONTROL_KEEPER));
  const control = { ...plainAccount('acme', 0), isOwn: true };
  kept.put({
    options: { name: 'acme', port: 9004, deployments: [{ ...CHAT, name: 'kept' }] },
    control,
    deployments: {},
    deletedMs: null,
  });
  states.close();
  const ports = async (names: readonly string[]): Promise<readonly (readonly [string, number])[]> => {
    const resources = names.map((name) => ({ name }));
    const simulation = new Simulation({ port: 9000, stateFile, resources }, false);
    await simulation.close();
    assert.equal(simulation.sites.at(-1)?.deployed.has('kept'), !names.includes('ACME'));
    return simulation.sites.map(({ facts, port }) => [facts.name, port]);
  };
  assert.deepEqual((await ports(['a'])).at(-1), ['acme', 9004]);
  assert.deepEqual((await ports(['a', 'b', 'c', 'd'])).at(-1), ['acme', 9005]);
  assert.deepEqual(await ports(['ACME']), [['ACME', 9001]]);
});
