import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RESULT_BYTES_MAX, type Result } from './result.ts';
import { folderShelf, memoryShelf, RUNS_MAX, type Shelf } from './shelf.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

const DAY_MS = 86_400_000;
const resultOf = (day: number): Result => ({ ...resultWith(outcomeWith()), startedMs: day * DAY_MS });

function folderOf(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'spillway-shelf-'));
  t.after(() => rmSync(root, { recursive: true }));
  return join(root, 'runs');
}

const SHELVES: ReadonlyArray<readonly [string, (t: TestContext) => Shelf]> = [
  ['memoryShelf', () => memoryShelf()],
  ['folderShelf', (t) => folderShelf(folderOf(t))],
];

for (const [name, shelfOf] of SHELVES) {
  test(`${name}: what is kept is listed, newest first, read as it was, and removed`, async (t) => {
    const shelf = shelfOf(t);
    assert.deepEqual(await shelf.list(), { runs: [], unread: 0 });
    const older = await shelf.keep(resultOf(1));
    const newer = await shelf.keep(resultOf(2));
    assert.match(older, /^19700102T000000000Z-answers-[0-9a-f]{8}$/);
    const { runs } = await shelf.list();
    assert.deepEqual(
      runs.map(({ id, questions, right, startedMs }) => ({ id, questions, right, startedMs })),
      [
        { id: newer, questions: 1, right: 1, startedMs: 2 * DAY_MS },
        { id: older, questions: 1, right: 1, startedMs: DAY_MS },
      ],
    );
    assert.deepEqual(await shelf.read(older), resultOf(1));
    assert.equal(await shelf.remove(older), true);
    assert.equal(await shelf.remove(older), false);
    assert.equal(await shelf.read(older), null);
  });

  test(`${name}: beyond so many the oldest goes`, async (t) => {
    const shelf = shelfOf(t);
    const first = await shelf.keep(resultOf(0));
    for (let day = 1; day <= RUNS_MAX; day++) await shelf.keep(resultOf(day));
    const { runs } = await shelf.list();
    assert.deepEqual([runs.length, runs.at(-1)?.startedMs], [RUNS_MAX, DAY_MS]);
    assert.equal(await shelf.read(first), null);
  });

  test(`${name}: a result above the limit is not kept, and nothing of it stays`, async (t) => {
    const shelf = shelfOf(t);
    const answer = 'x'.repeat(4_000);
    const many = Array.from({ length: Math.ceil(RESULT_BYTES_MAX / 4_000) }, (_, i) =>
      outcomeWith({ id: `plain-${i}`, answer }),
    );
    await assert.rejects(shelf.keep(resultWith(...many)), /above 16777216 bytes and is not kept; ask fewer/);
    assert.deepEqual(await shelf.list(), { runs: [], unread: 0 });
  });
}

test('folderShelf: beyond so many bytes the oldest of its own go, a file that somebody put there stays', async (t) => {
  const folder = folderOf(t);
  const bytes = Buffer.byteLength(JSON.stringify(resultOf(3), null, 1)) + 1;
  const shelf = folderShelf(folder, { runs: 100, bytes: 2 * bytes });
  await shelf.keep(resultOf(1));
  writeFileSync(join(folder, 'before.json'), JSON.stringify(resultOf(0)));
  for (const day of [2, 3]) await shelf.keep(resultOf(day));
  const { runs } = await shelf.list();
  assert.deepEqual(
    runs.map(({ startedMs }) => startedMs / DAY_MS),
    [3, 2, 0],
  );
});

test('folderShelf: what is no result is counted, not told; a result of an earlier version is read', async (t) => {
  const folder = folderOf(t);
  const shelf = folderShelf(folder);
  await shelf.keep(resultOf(1));
  writeFileSync(join(folder, 'broken.json'), '{');
  writeFileSync(join(folder, 'large.json'), '');
  truncateSync(join(folder, 'large.json'), RESULT_BYTES_MAX + 1);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const { model: _, floors: __, ...earlier } = resultOf(2);
  const outcomes = earlier.outcomes.map(({ expected: ___, ...outcome }) => outcome);
  writeFileSync(join(folder, 'earlier.json'), JSON.stringify({ ...earlier, outcomes }));
  const { runs, unread } = await shelf.list();
  assert.deepEqual([runs.map(({ id }) => id.slice(0, 8)), unread], [['earlier', '19700102'], 2]);
  assert.deepEqual((await shelf.read('earlier'))?.outcomes[0]?.expected, []);
});

test('folderShelf: a file that changed is read anew', async (t) => {
  const folder = folderOf(t);
  const shelf = folderShelf(folder);
  const id = await shelf.keep(resultOf(1));
  assert.equal((await shelf.list()).runs[0]?.right, 1);
  const wrong = outcomeWith({ score: { ...NO_SCORE, hit5: 0 } });
  writeFileSync(join(folder, `${id}.json`), JSON.stringify(resultWith(wrong, wrong)));
  assert.deepEqual((await shelf.list()).runs[0]?.right, 0);
});

for (const id of ['../secret', '..', '.hidden', 'a/b', 'a\\b', '', 'x'.repeat(81), 'a.b', 'a%2fb']) {
  test(`folderShelf: ${JSON.stringify(id.slice(0, 12))} names no run`, async (t) => {
    const folder = folderOf(t);
    const shelf = folderShelf(join(folder, 'inner'));
    await shelf.keep(resultOf(1));
    writeFileSync(join(folder, 'secret.json'), JSON.stringify(resultOf(2)));
    assert.equal(await shelf.read(id), null);
    assert.equal(await shelf.remove(id), false);
    assert.deepEqual(readdirSync(folder).sort(), ['inner', 'secret.json']);
  });
}
