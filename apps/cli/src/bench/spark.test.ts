import assert from 'node:assert/strict';
import test from 'node:test';
import { SPARK_ASCII, SPARK_UNICODE, spark } from './spark.ts';

test('spark: taller for more, blank for nothing, the last that fit', () => {
  const rows: ReadonlyArray<readonly [values: readonly (number | null)[], cells: number, want: string]> = [
    [[1, 2, 4, 8], 10, '▁▂▄█'],
    [[0, null, 5], 10, '  █'],
    [[0.001, 1_000], 10, '▁█'],
    [[9, 9, 1], 2, '█▁'],
    [[], 5, ''],
    [[0, 0], 5, '  '],
  ];
  for (const [values, cells, want] of rows) assert.equal(spark(values, cells, SPARK_UNICODE), want, `${values}`);
  assert.equal(spark([1, 8], 5, SPARK_ASCII), '.#');
});
