/** The conformance matrix, one dialect of it whole and the others for what they alone have; `npm run conformance` runs all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareTexts } from './compare.ts';
import { FLOWS, isFailed, printMatrix, runMatrix } from './conformance-table.ts';

const isSocket = ({ steps }: (typeof FLOWS)[number]): boolean => steps.some(({ says }) => says !== undefined);

test('conformance: on v1 every operation answers through the gateway as directly, with one backend, three, two replicas, classic ones (seed 5)', async () => {
  const results = await runMatrix(
    FLOWS.filter((flow) => !isSocket(flow)),
    ['v1'],
  );
  assert.ok(results.length > 350, `only ${results.length} cells`);
  assert.ok(!results.some(isFailed), printMatrix(results.filter(isFailed)));
});

test('conformance: on classic and bare paths as well, also with backends that are sent to on v1 (seed 5)', async () => {
  const results = await runMatrix(
    FLOWS.filter(({ scope }) => scope === 'deployment'),
    ['classic', 'bare'],
  );
  assert.ok(!results.some(isFailed), printMatrix(results.filter(isFailed)));
});

test('conformance: sessions over WebSocket say through the gateway what they say directly (seed 5)', async () => {
  const results = await runMatrix(FLOWS.filter(isSocket), ['resource', 'v1']);
  assert.ok(!results.some(isFailed), printMatrix(results.filter(isFailed)));
});

const SEALED = 'resp_swAqqqq';
const LIKENESSES: ReadonlyArray<readonly [name: string, direct: string, through: string, kind: string]> = [
  ['equal texts', '{"id":"x"}', '{"id":"x"}', 'sealed'],
  ['an id and its seal, twice', '["resp_123456","resp_123456"]', `["${SEALED}","${SEALED}"]`, 'sealed'],
  ['contents behind a seal', '["gAAAA"]', '["sealed_swAqq.gAAAA"]', 'sealed'],
  ['another prefix', '["msg_123456"]', `["${SEALED}"]`, 'different'],
  ['one seal for two ids', '["resp_123456","resp_654321"]', `["${SEALED}","${SEALED}"]`, 'different'],
  ['two seals for one id', '["resp_123456","resp_123456"]', `["${SEALED}","${SEALED}x"]`, 'different'],
  ['an id that is not sealed the same', '["resp_123456"]', '["resp_123457"]', 'different'],
  ['a byte more', '["resp_123456"]', `["${SEALED}"] `, 'different'],
  ['a byte before it', '{"a":"resp_123456"}', `{"b":"${SEALED}"}`, 'different'],
];

test('compareTexts: only ids may differ, and only as seals do', () => {
  for (const [name, direct, through, kind] of LIKENESSES) {
    assert.equal(compareTexts(direct, through).kind, kind, name);
  }
});
