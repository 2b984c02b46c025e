import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { DEPLOYMENTS_MAX } from '../defaults.ts';
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

test('Control: an account is soft-deleted, restored or purged in any order, whether or not its port is closed yet', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-control-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const clock = new FakeClock();
  const options = { port: 0, clock, stateFile: join(folder, 'state.db'), resources: [{ name: 'openai1' }] };
  const simulation = new Simulation(options, false);
  const { control } = simulation;
  const acme = await made(simulation, 'acme', clock);
  const gone = control.softDelete(acme);
  const [deleted] = control.deleted;
  assert.ok(deleted !== undefined);
  await control.restore(deleted);
  await gone;
  assert.deepEqual([control.deleted.length, simulation.site('acme') !== undefined], [0, true]);
  const other = await made(simulation, 'other', clock);
  const gone2 = control.softDelete(other);
  control.purge('other');
  await gone2;
  // Told late of what is gone: nothing comes back of it.
  control.changed(acme);
  control.changed(other);
  await simulation.close();
  const after = new Simulation(options, false);
  assert.deepEqual(
    after.sites.map(({ facts }) => facts.name),
    ['openai1', 'acme'],
  );
  assert.equal(after.control.deleted.length, 0);
  await after.close();
});

test('Control: a resource of the name of a soft-deleted account takes its place', () =>
  withSimulation(async (simulation, clock) => {
    const { control } = simulation;
    await control.softDelete(await made(simulation, 'acme', clock));
    await simulation.addResource({ name: 'Acme', deployments: [] });
    assert.deepEqual([control.deletedOf('acme'), control.holdings().length], [undefined, 1]);
  }));

test('Control: deployments that are being made have the same limit as those that are there', () =>
  withSimulation(async (simulation, clock) => {
    const { control } = simulation;
    const site = simulation.site('openai1');
    const known = site?.deployed.get('chat')?.control;
    assert.ok(site !== undefined && known !== undefined);
    const begin = (name: string): void => {
      const operation = control.operations.begin(clock.nowMs(), clock.nowMs() + 1000);
      control.provision(site, { ...CHAT, name }, known, operation);
    };
    for (let n = 1; n < DEPLOYMENTS_MAX; n++) begin(`d${n}`);
    assert.throws(() => begin('more'), /there are 500 already/);
    clock.advance(1000);
    assert.deepEqual([site.deployed.size, site.provisioning.size], [DEPLOYMENTS_MAX, 0]);
  }));

test('Simulation: one that could not start leaves its state file to the next', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-control-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const stateFile = join(folder, 'state.db');
  const recording = { mode: 'replay', file: join(folder, 'absent.jsonl') } as const;
  assert.throws(() => new Simulation({ port: 0, stateFile, recording }, false), /absent\.jsonl/);
  return new Simulation({ port: 0, stateFile }, false).close();
});
