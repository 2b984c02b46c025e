import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTING_GROUPS } from './meanings.ts';
import { settingForms, settingsReference } from './reference.ts';

test('settingsReference: tells each setting that the app reads, once, and none that it does not', () => {
  const told = SETTING_GROUPS.flatMap(({ settings }) => settings.map(({ name }) => name));
  assert.ok(told.length > 50);
  assert.deepEqual(told.toSorted(), [...settingForms().keys()].toSorted());
});

test('settingsReference: ranges and defaults are those of the code', () => {
  const lines = settingsReference().split('\n');
  const rows = [
    '| `SPILLWAY_CHAT_TOP` | whole number, 1 to 20 | `6` |',
    '| `SPILLWAY_CHAT_WAIT_MS_MAX` | whole number, 0 to 600,000 | `60,000` |',
    '| `SPILLWAY_CHAT_STORE` | `local`, `postgres`, `azure-search` | `local` |',
    '| `AZURE_OPENAI_REASONING_EFFORT` | `none`, `minimal`, `low`, `medium`, `high`, `xhigh` | the model’s own |',
    '| `AZURE_OPENAI_API_KEY_OVERRIDE` | secret |  |',
  ];
  for (const row of rows)
    assert.ok(
      lines.some((line) => line.startsWith(row)),
      row,
    );
});
