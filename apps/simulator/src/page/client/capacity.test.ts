import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capacityHelp } from './capacity.ts';

const CASES: ReadonlyArray<
  readonly [model: string, type: string, capacity: string, text: RegExp, tone: 'plain' | 'warning']
> = [
  ['gpt-4o', 'Standard', '30', /^30,000 tokens and 180 requests a minute\.$/, 'plain'],
  ['gpt-4o', 'Standard', '', /^At least 1/, 'plain'],
  ['our-own', 'GlobalStandard', '30', /^30,000 tokens a minute\.$/, 'plain'],
  ['gpt-4o', 'ProvisionedManaged', '', /^At least 50, in steps of 50\.$/, 'plain'],
  [
    'gpt-4o',
    'ProvisionedManaged',
    '100',
    /^At least 50.*100 take 250,000 input tokens a minute.*counts 4 times\.$/,
    'plain',
  ],
  ['GPT-4o', 'GlobalProvisionedManaged', '15', /^At least 15, in steps of 5\. 15 take/, 'plain'],
  ['gpt-4o', 'ProvisionedManaged', '37', /37 would be refused/, 'warning'],
  ['gpt-4o', 'ProvisionedManaged', '75', /75 would be refused/, 'warning'],
  ['our-own', 'ProvisionedManaged', '100', /Nothing is published/, 'plain'],
];

for (const [model, type, capacity, text, tone] of CASES) {
  test(`capacityHelp: of ${model} as ${type}, ${capacity || 'nothing'} typed`, () => {
    const help = capacityHelp(model, type, capacity);
    assert.match(help.text, text);
    assert.equal(help.tone, tone);
    assert.match(help.label, type.endsWith('ProvisionedManaged') ? /PTU/ : /thousands/);
  });
}
