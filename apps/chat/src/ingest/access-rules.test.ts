import assert from 'node:assert/strict';
import test from 'node:test';
import { RULES_MAX, readRules } from './access-rules.ts';

const RULES = `
- files: "staff/**"
  access: [staff]
- files: "*.pdf"
  access: { groups: [host], users: [ada] }
- files: "**"
  access: everyone
`;

test('readRules: the first rule whose pattern fits holds', () => {
  const rules = readRules(RULES);
  assert.ok(typeof rules !== 'string');
  const seen = ['staff/deep/a.pdf', 'a.pdf', 'b/a.pdf'].map((path) => rules.accessOf(path));
  assert.deepEqual(seen, [
    { users: [], groups: ['staff'] },
    { users: ['ada'], groups: ['host'] },
    { users: [], groups: [] },
  ]);
});

test('readRules: without a rule that fits, the document says', () => {
  const rules = readRules('- files: "a"\n  access: [staff]');
  assert.ok(typeof rules !== 'string' && rules.accessOf('b') === null);
});

const WRONG: ReadonlyArray<readonly [name: string, text: string, says: RegExp]> = [
  ['access in no known form', '- files: a\n  access: staff', /^rule 1: access is/],
  ['a rule without access', '- files: a', /each with files and access/],
  ['a key of another name', '- files: a\n  groups: [staff]\n  access: [x]', /^a list of at most/],
  ['what is not YAML', '- files: [', /^a list/],
  ['an empty file', '', /^a list/],
  ['more rules than the limit', '- { files: a, access: everyone }\n'.repeat(RULES_MAX + 1), /at most 1000 rules/],
  ['a text that stands there more than ten times, by alias', repeated(10), /^a list/],
];

/** A YAML alias repeats what may be long, and repeat itself. */
function repeated(times: number): string {
  const files = (access: string) => `- { files: a, access: ${access} }\n`;
  return files('&a [staff]') + files('*a').repeat(times);
}

test('readRules: ten times is read', () => assert.notEqual(typeof readRules(repeated(9)), 'string'));

for (const [name, text, says] of WRONG) {
  test(`readRules: says what is wrong with ${name}`, () => {
    const problem = readRules(text);
    assert.ok(typeof problem === 'string' && says.test(problem), String(problem));
  });
}
