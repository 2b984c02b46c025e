import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArmError } from './arm-error.ts';
import { bodyOf, merged, plainControl, readWanted, TAGS_MAX, tagsIn } from './wanted.ts';

const MODEL = { format: 'OpenAI', name: 'gpt-4o' };

test('readWanted: what is absent has the defaults of Azure', () => {
  const wanted = readWanted({ properties: { model: MODEL } });
  assert.ok(!(wanted instanceof ArmError));
  assert.deepEqual([wanted.sku, wanted.capacity, wanted.model.version], ['Standard', 1, null]);
  const { raiPolicyName, versionUpgradeOption, dynamicThrottlingEnabled } = wanted.control;
  assert.deepEqual(
    [raiPolicyName, versionUpgradeOption, dynamicThrottlingEnabled],
    ['Microsoft.DefaultV2', 'OnceNewDefaultVersionAvailable', false],
  );
});

test('readWanted: the capacity may stand where it stood in 2022', () => {
  const wanted = readWanted({ properties: { model: MODEL, scaleSettings: { scaleType: 'Standard', capacity: 7 } } });
  assert.ok(!(wanted instanceof ArmError));
  assert.equal(wanted.capacity, 7);
});

const WRONG: ReadonlyArray<readonly [body: unknown, code: string]> = [
  [undefined, 'InvalidRequestContent'],
  [[], 'InvalidRequestContent'],
  [{}, 'InvalidResourceProperties'],
  [{ properties: { model: { name: 4 } } }, 'InvalidResourceProperties'],
  [{ properties: { model: MODEL, versionUpgradeOption: 'Sometimes' } }, 'InvalidResourceProperties'],
];

test('readWanted: a body that is none is refused', () => {
  for (const [body, code] of WRONG) {
    const wanted = readWanted(body);
    assert.ok(wanted instanceof ArmError);
    assert.deepEqual([wanted.status, wanted.code], [400, code]);
  }
});

test('merged: fields go into objects, null takes one away, anything else is whole', () => {
  const base = { sku: { name: 'Standard', capacity: 1 }, properties: { a: 1 }, tags: { x: 'y' } };
  assert.deepEqual(merged(base, { sku: { capacity: 2 }, properties: { a: null, b: [3] } }), {
    sku: { name: 'Standard', capacity: 2 },
    properties: { b: [3] },
    tags: { x: 'y' },
  });
});

test('bodyOf: written and read again it is the same', () => {
  const options = { name: 'd', model: 'gpt-4o', modelVersion: '2024-11-20', capacity: 5, type: 'Standard' } as const;
  const control = { ...plainControl(0), format: 'OpenAI', raiPolicyName: 'strict', tags: { a: 'b' } };
  const wanted = readWanted(bodyOf(options, control));
  assert.ok(!(wanted instanceof ArmError));
  const { isOwn: _own, createdMs: _created, modifiedMs: _modified, ...known } = control;
  assert.deepEqual(wanted.control, known);
  assert.deepEqual([wanted.sku, wanted.capacity, wanted.model.version], ['Standard', 5, '2024-11-20']);
});

test('tagsIn: texts alone, and no more than ARM takes', () => {
  const many = Object.fromEntries(Array.from({ length: TAGS_MAX + 1 }, (_, n) => [`t${n}`, 'x']));
  assert.equal(Object.keys(tagsIn({ tags: many })).length, TAGS_MAX);
  assert.deepEqual(tagsIn({ tags: { a: 1, b: 'c' } }), { b: 'c' });
});
