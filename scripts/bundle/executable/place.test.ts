import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packed } from './archive.ts';
import { type Machine, NoPlace, placeFor } from './place.ts';

const USER = process.getuid?.() ?? null;
const NO_OWNERS = USER === null && 'files here have no owner and no mode';

interface Given {
  readonly folder: string;
  readonly machine: Machine;
  readonly archive: () => Uint8Array;
}

function given(t: TestContext, env: Machine['env'] = {}): Given {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-place-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = join(folder, 'source');
  mkdirSync(join(source, 'lib'), { recursive: true });
  writeFileSync(join(source, 'lib/größe.txt'), 'über');
  writeFileSync(join(source, 'empty'), '');
  const machine = { env, platform: 'linux', home: join(folder, 'home'), temporary: join(folder, 'tmp'), user: USER };
  return { folder, machine, archive: () => packed(source) };
}

test('placeFor: unpacks once, with every byte, into the folder for caches', (t) => {
  const { folder, machine, archive } = given(t);
  const place = placeFor('1.0.0-abc', archive, machine);
  assert.equal(place, join(folder, 'home/.cache/spillway/1.0.0-abc'));
  assert.equal(readFileSync(join(place, 'lib/größe.txt'), 'utf8'), 'über');
  assert.equal(readFileSync(join(place, 'empty'), 'utf8'), '');
  assert.equal(
    placeFor('1.0.0-abc', () => assert.fail('unpacked again'), machine),
    place,
  );
  assert.deepEqual(readdirSync(join(place, '..')), ['1.0.0-abc']);
});

const CHOSEN: ReadonlyArray<readonly [name: string, env: Record<string, string>, platform: string, want: string]> = [
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: 'caches' }, 'linux', 'caches/spillway'],
  ['the folder that is asked for', { SPILLWAY_UNPACK_FOLDER: 'mine', XDG_CACHE_HOME: 'caches' }, 'linux', 'mine'],
  ['the folder of a Mac', { XDG_CACHE_HOME: 'caches' }, 'darwin', 'home/Library/Caches/spillway'],
  ['the folder of a Windows', { LOCALAPPDATA: 'local' }, 'win32', 'local/spillway'],
];

for (const [name, env, platform, want] of CHOSEN) {
  test(`placeFor: takes ${name}`, (t) => {
    const { folder, machine, archive } = given(t);
    const below = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, join(folder, value)]));
    assert.equal(placeFor('x', archive, { ...machine, platform, env: below }), join(folder, want, 'x'));
  });
}

test('placeFor: takes a relative folder that is asked for from the working folder, and says the whole path', (t) => {
  const { folder, machine, archive } = given(t);
  const env = { SPILLWAY_UNPACK_FOLDER: relative(process.cwd(), join(folder, 'mine')) };
  assert.equal(placeFor('x', archive, { ...machine, env }), join(folder, 'mine/x'));
});

test('placeFor: a relative folder for caches is none', (t) => {
  const { folder, machine, archive } = given(t, { XDG_CACHE_HOME: 'caches' });
  assert.equal(placeFor('x', archive, machine), join(folder, 'home/.cache/spillway/x'));
});

test('placeFor: where the home cannot be written to, takes the folder for temporary files', (t) => {
  const { folder, machine, archive } = given(t);
  writeFileSync(machine.home, 'a file, no folder');
  assert.equal(placeFor('x', archive, machine), join(folder, `tmp/spillway-${USER ?? 'unpacked'}`, 'x'));
});

test('placeFor: does not run what others can write to, and says which folder to name instead', {
  skip: NO_OWNERS,
}, (t) => {
  const { folder, machine, archive } = given(t);
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  const asked = { ...machine, env: { SPILLWAY_UNPACK_FOLDER: shared } };
  assert.throws(
    () => placeFor('x', archive, asked),
    (error) => {
      assert.ok(error instanceof NoPlace);
      assert.equal(
        error.message,
        `cannot unpack: ${shared}: others can write to it; set SPILLWAY_UNPACK_FOLDER to a folder of yours that may be written to`,
      );
      return true;
    },
  );
  assert.throws(
    () => placeFor('x', archive, { ...machine, user: (USER ?? 0) + 1 }),
    /others can write to it.*others can/s,
  );
});

test('placeFor: does not follow a link that stands where the folder would be', (t) => {
  const { folder, machine, archive } = given(t, {});
  const mine = join(folder, 'mine');
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), mine);
  assert.throws(() => placeFor('x', archive, { ...machine, env: { SPILLWAY_UNPACK_FOLDER: mine } }), /is no folder/);
});

test('placeFor: leaves nothing half unpacked', (t) => {
  const { folder, machine } = given(t, {});
  const asked = { ...machine, env: { SPILLWAY_UNPACK_FOLDER: join(folder, 'mine') } };
  assert.throws(() => placeFor('x', () => new Uint8Array([1, 2, 3]), asked), NoPlace);
  assert.deepEqual(readdirSync(join(folder, 'mine')), []);
});

test('placeFor: another process that unpacks at the same time does no harm', (t) => {
  const { folder, machine, archive } = given(t, {});
  const asked = { ...machine, env: { SPILLWAY_UNPACK_FOLDER: join(folder, 'mine') } };
  const inBetween = () => {
    placeFor('x', archive, asked);
    return archive();
  };
  const place = placeFor('x', inBetween, asked);
  assert.equal(readFileSync(join(place, 'lib/größe.txt'), 'utf8'), 'über');
  assert.deepEqual(readdirSync(join(folder, 'mine')), ['x']);
});
