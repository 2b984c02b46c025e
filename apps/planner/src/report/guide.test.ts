import assert from 'node:assert/strict';
import test from 'node:test';
import { shippedNames, shippedScenario } from '../lab/scenario-file.ts';
import { PROMISE_NAMES } from '../lab/types.ts';
import { FIGURE_KINDS } from './figures.ts';
import { labGuide } from './guide.ts';

test('labGuide: defines every figure, gives the reason of every scenario, and says when each promise holds', () => {
  const guide = labGuide();
  for (const { name, definition } of FIGURE_KINDS)
    assert.ok(guide.includes(`| ${name} |`) && guide.includes(definition), name);
  const names = shippedNames();
  assert.ok(names.length >= 20, `${names.length} scenarios ship`);
  for (const name of names) assert.ok(guide.includes(shippedScenario(name).why), name);
  for (const promise of PROMISE_NAMES) assert.ok(guide.includes(`| \`${promise}\` |`), promise);
});
