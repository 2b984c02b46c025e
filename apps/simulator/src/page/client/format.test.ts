import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  capacityText,
  countText,
  dateText,
  durationText,
  percentText,
  scopeText,
  timeText,
  toneOf,
  typeText,
  waitText,
} from './format.ts';

/** Numbers and units do not part at the end of a line. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

const CASES: ReadonlyArray<readonly [what: string, got: string, want: string]> = [
  ['countText', countText(1234567.4), '1,234,567'],
  ['countText without a limit', countText(null), '∞'],
  ['percentText', percentText(0.426), '43 %'],
  ['percentText just below the brim', percentText(0.999), '99 %'],
  ['percentText at the brim', percentText(1), '100 %'],
  ['percentText above it', percentText(12.5), '1,250 %'],
  ['timeText', timeText(Date.UTC(2026, 10, 21, 14, 3, 7, 999)), '14:03:07'],
  ['dateText', dateText(Date.UTC(2026, 10, 21, 23)), '2026-11-21'],
  ['waitText of what is over', waitText(-5), '0 s'],
  ['waitText of a moment', waitText(1), '1 s'],
  ['waitText of seconds', waitText(41_200), '42 s'],
  ['waitText of minutes', waitText(185_000), '3 min 5 s'],
  ['waitText of hours', waitText(86_400_000), '24 h 0 min'],
  ['durationText', durationText(812.4), '812 ms'],
  ['durationText of seconds', durationText(1240), '1.24 s'],
  ['durationText of what is under way', durationText(null), '–'],
  ['typeText', typeText('ProvisionedManaged'), 'Provisioned-Managed'],
  ['typeText of a new one', typeText('Batch2030'), 'Batch2030'],
  ['capacityText', capacityText('GlobalStandard', 30), '30,000 TPM'],
  ['capacityText without a limit', capacityText('Standard', 0), 'no token limit'],
  ['capacityText of units', capacityText('GlobalProvisionedManaged', 100), '100 PTU'],
  ['scopeText of all', scopeText({ resource: null, deployment: null }), 'every resource'],
  ['scopeText of a name', scopeText({ resource: null, deployment: 'chat' }), 'chat on every resource'],
  ['scopeText of a resource', scopeText({ resource: 'openai1', deployment: null }), 'openai1'],
  ['scopeText of a deployment', scopeText({ resource: 'openai1', deployment: 'chat' }), 'openai1/chat'],
];

for (const [what, got, want] of CASES) test(`${what}: is ${want}`, () => assert.equal(plain(got), want));

for (const [status, want] of [
  [null, 'none'],
  [200, 'good'],
  [429, 'wait'],
  [404, 'bad'],
  [500, 'bad'],
] as const) {
  test(`toneOf: ${status} is ${want}`, () => assert.equal(toneOf(status), want));
}
