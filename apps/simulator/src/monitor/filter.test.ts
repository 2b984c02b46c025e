import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILTER_CHARS_MAX, FILTER_TERMS_MAX, holds, readFilter } from './filter.ts';

const VALUES: Readonly<Record<string, string>> = {
  modeldeploymentname: 'Chat',
  statuscode: '429',
  region: "East 'US'",
};

const READ: ReadonlyArray<readonly [text: string, dimensions: readonly string[], isMet: boolean]> = [
  ["ModelDeploymentName eq 'chat'", ['ModelDeploymentName'], true],
  ["modeldeploymentname EQ 'CHAT'", ['modeldeploymentname'], true],
  ["ModelDeploymentName eq 'other'", ['ModelDeploymentName'], false],
  ["ModelDeploymentName eq '*'", ['ModelDeploymentName'], true],
  ["ModelDeploymentName ne 'chat'", ['ModelDeploymentName'], false],
  ["ModelDeploymentName ne 'other'", ['ModelDeploymentName'], true],
  ["ModelDeploymentName sw 'ch'", ['ModelDeploymentName'], true],
  ["ModelDeploymentName eq 'other' or ModelDeploymentName eq 'chat'", ['ModelDeploymentName'], true],
  ["StatusCode eq '429' and ModelDeploymentName eq 'other'", ['StatusCode', 'ModelDeploymentName'], false],
  [
    "StatusCode eq '200' or StatusCode eq '429' and ModelDeploymentName eq '*'",
    ['StatusCode', 'ModelDeploymentName'],
    true,
  ],
  [
    "StatusCode eq '*' and (ModelDeploymentName eq 'a' or ModelDeploymentName eq 'b')",
    ['StatusCode', 'ModelDeploymentName'],
    false,
  ],
  ["StatusCode ne '200' and StatusCode ne '429'", ['StatusCode'], false],
  ["Region eq 'East ''US'''", ['Region'], true],
];

for (const [text, dimensions, isMet] of READ) {
  test(`readFilter: ${text} ${isMet ? 'holds' : 'does not hold'}`, () => {
    const read = readFilter(text);
    assert.ok(read.kind === 'filter', JSON.stringify(read));
    assert.deepEqual(read.filter.dimensions, dimensions);
    assert.equal(
      holds(read.filter, (name) => VALUES[name] ?? ''),
      isMet,
    );
  });
}

const PROBLEMS: ReadonlyArray<readonly [name: string, text: string, want: RegExp]> = [
  ['or between two dimensions', "A eq 'a' or B eq 'b'", /joins a and B by or/],
  ['or with another operator', "A eq 'a' or A sw 'b'", /Only 'eq'/],
  ['a value without quotes', 'A eq a', /cannot be read at "A"/],
  ['another operator', "A gt 'a'", /cannot be read/],
  ['another joint', "A eq 'a' xor A eq 'b'", /cannot be read/],
  ['an end in the middle', "A eq 'a' and", /cannot be read at "its end"/],
  ['a quote that stays open', "A eq 'a", /quote/],
  ['a parenthesis that stays open', "(A eq 'a'", /parenthesis/],
  ['a parenthesis that was never open', "A eq 'a')(", /parenthesis/],
  ['too many characters', `A eq '${'a'.repeat(FILTER_CHARS_MAX)}'`, /longer than/],
  ['too many terms', Array.from({ length: FILTER_TERMS_MAX + 1 }, () => "A eq 'a'").join(' or '), /more than/],
];

for (const [name, text, want] of PROBLEMS) {
  test(`readFilter: refuses ${name}`, () => {
    const read = readFilter(text);
    assert.match(read.kind === 'problem' ? read.problem : 'read', want);
  });
}
