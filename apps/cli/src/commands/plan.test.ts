import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LabView, PromiseView, RunLabOptions } from '@spillway/planner';
import { UsedWrongly } from '../exit.ts';
import { NO_PAINT } from '../lines.ts';
import { type LabFlags, type LabIo, lab } from './plan.ts';

const FLAGS: LabFlags = { seeds: 20, seed: 1 };

function promise(holds: boolean): PromiseView {
  const value = holds ? 0 : 2;
  return {
    promise: 'no429',
    name: '429s',
    measured: String(value),
    pooled: String(value),
    wanted: 'at most 1',
    holds,
    told: `median ${value}`,
    spread: {
      sense: 'atMost',
      median: value,
      limit: 1,
      pooled: value,
      pooledLimit: 1,
      seedsOver: 0,
      worst: null,
      seeds: [],
    },
  };
}

/** A lab that answers with as many promises as are given, and writes down what it was asked. */
function stage(promises: readonly PromiseView[] = [promise(true)]) {
  const written = { out: '', err: '' };
  const asked: RunLabOptions[] = [];
  const io: LabIo = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    paint: NO_PAINT,
    isTerminal: false,
    nowMs: () => 0,
    run: async (options): Promise<LabView> => {
      asked.push(options);
      const { firstSeed, seeds, scenarios, strategies } = options;
      const views = scenarios.map(({ name, why, seconds, warmUpSeconds }) => ({
        name,
        why,
        seconds,
        warmUpSeconds,
        strategies: strategies.map((strategy) => ({ name: strategy, figures: new Map() })),
        promises,
        unchecked: [],
        exception: null,
        oracle: null,
        run: null,
      }));
      return { firstSeed, seeds, scenarios: views };
    },
  };
  return { written, asked, io };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-lab-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('lab: ends with 0 where every promise holds, with 1 where one is missed', async () => {
  const rows: ReadonlyArray<readonly [string, readonly PromiseView[], number]> = [
    ['all hold', [promise(true)], 0],
    ['one is missed', [promise(true), promise(false)], 1],
    ['none', [], 0],
  ];
  for (const [name, promises, want] of rows) {
    const { io, written } = stage(promises);
    assert.equal(await lab({ ...FLAGS, scenario: ['steady-95'] }, {}, io), want, name);
    assert.match(written.out, /^steady-95 {2}600 s/);
    assert.equal(written.out.includes('MISSED'), want === 1, name);
  }
});

test('lab: flags become what is run', async () => {
  const rows: ReadonlyArray<readonly [string, Partial<LabFlags>, (options: RunLabOptions) => unknown, unknown]> = [
    ['all that ship', {}, ({ scenarios }) => scenarios.length >= 20, true],
    ['all strategies', {}, ({ strategies }) => strategies.length, 7],
    ['named ones', { strategy: ['weighted'] }, ({ strategies }) => strategies, ['weighted']],
    ['seeds', { seeds: 5, seed: 7 }, ({ firstSeed, seeds }) => [firstSeed, seeds], [7, 5]],
    ['quick', { quick: true }, ({ strategies, seeds }) => [strategies, seeds], [['headroom', 'random-in-priority'], 3]],
    ['quick, of fewer', { quick: true, seeds: 1 }, ({ seeds }) => seeds, 1],
    ['cut', { minutes: 3 }, ({ scenarios }) => new Set(scenarios.map(({ seconds }) => seconds)), new Set([180])],
    ['cut short', { minutes: 1 }, ({ scenarios: [one] }) => one?.warmUpSeconds, 30],
    ['not drawn', {}, ({ isDrawn }) => isDrawn, false],
  ];
  for (const [name, flags, of, want] of rows) {
    const { io, asked } = stage();
    await lab({ ...FLAGS, ...flags }, {}, io);
    const [options] = asked;
    assert.deepEqual(options === undefined ? undefined : of(options), want, name);
  }
});

test('lab: a scenario that is none, or a file that is wrong, is named with the way out', async (t) => {
  const file = join(folder(t), 'mine.yaml');
  writeFileSync(file, 'why: To be wrong.\nfleet: []\n');
  const rows: ReadonlyArray<readonly [string, RegExp]> = [
    ['steady-96', /--scenario steady-96 is none of the shipped ones; spillway plan lab --list names them/],
    ['gone.yaml', /gone\.yaml.*does not exist/s],
    [file, /mine\.yaml is not used:\n.*fleet/s],
  ];
  for (const [scenario, want] of rows) {
    const { io, asked } = stage();
    await assert.rejects(lab({ ...FLAGS, scenario: [scenario] }, {}, io), (error: unknown) => {
      assert.ok(error instanceof UsedWrongly);
      assert.match(error.message, want);
      return true;
    });
    assert.equal(asked.length, 0);
  }
});

test('lab: --json is one object with every scenario, --list the names with their reasons', async () => {
  const json = stage();
  await lab({ ...FLAGS, scenario: ['steady-95', 'ptu-first'], json: true }, {}, json.io);
  const { scenarios } = JSON.parse(json.written.out);
  assert.deepEqual(
    scenarios.map(({ name }: { name: string }) => name),
    ['steady-95', 'ptu-first'],
  );
  const list = stage();
  assert.equal(await lab({ ...FLAGS, list: true }, {}, list.io), 0);
  assert.match(list.written.out, /^steady-95 {2,}\S/m);
  assert.equal(list.asked.length, 0);
});

test('lab: --out writes the report and an SVG of each scenario, and says a folder that cannot be written before it runs', async (t) => {
  const out = join(folder(t), 'deep', 'report');
  const { io, asked, written } = stage();
  await lab({ ...FLAGS, scenario: ['steady-95'], out }, {}, io);
  assert.equal(asked[0]?.isDrawn, true);
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /steady-95/);
  assert.ok(existsSync(join(out, 'steady-95.svg')));
  assert.match(written.err, /report\.html is written, and 1 SVG/);
  const blocked = stage();
  const wrong = lab({ ...FLAGS, out: join(out, 'report.html', 'x') }, {}, blocked.io);
  await assert.rejects(wrong, /--out .* cannot be written .*; give a folder that can/);
  assert.equal(blocked.asked.length, 0);
});
