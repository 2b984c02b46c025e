import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenarioFromYaml } from './scenario.ts';
import { scenarioReference } from './scenario-reference.ts';
import { scenarioSchema } from './scenario-schema.ts';

test('scenarioReference: its example can be run as it stands', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(scenarioReference())?.[1];
  assert.ok(example !== undefined);
  assert.deepEqual(scenarioFromYaml(example, 'example.yaml').kind, 'ok');
});

test('scenarioReference: explains every key', () => {
  const text = scenarioReference();
  for (const key of Object.keys(scenarioSchema.shape)) assert.match(text, new RegExp(`^\\| \`${key}\` \\|`, 'm'));
});
