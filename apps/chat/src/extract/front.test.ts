import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from './extraction.ts';
import { FRONT_CHARS_MAX, parseAccess, parseFront } from './front.ts';

test("parseFront: tells title, category, language and access; other keys are the writer's own", () => {
  const yaml = 'title: House rules\ncategory: rules\nlanguage: fi\naccess: [staff, host]\ndate: 2026-01-01\n';
  assert.deepEqual(parseFront(yaml), {
    title: 'House rules',
    category: 'rules',
    language: 'fi',
    access: { users: [], groups: ['staff', 'host'] },
  });
});

test('parseFront: an empty one says nothing', () =>
  assert.deepEqual(parseFront(''), { title: null, category: null, language: null, access: null }));

const ACCESS: ReadonlyArray<readonly [given: unknown, want: unknown]> = [
  ['everyone', { users: [], groups: [] }],
  [['staff'], { users: [], groups: ['staff'] }],
  [{ users: ['ada'] }, { users: ['ada'], groups: [] }],
  ['staff', null],
  [[], null],
  [{}, null],
  [{ users: [], groups: [] }, null],
  [{ group: ['staff'] }, null],
  [[''], null],
  [null, null],
  [true, null],
];

for (const [given, want] of ACCESS) {
  test(`parseAccess: ${JSON.stringify(given)} ${want === null ? 'opens nothing' : 'is read'}`, () =>
    assert.deepEqual(parseAccess(given), want));
}

/** A slip in who may see it never opens a document to all: it is refused. */
const REFUSED: ReadonlyArray<readonly [name: string, yaml: string, text: RegExp]> = [
  ['access that is none of the forms', 'access: staff', /access: access is "everyone"/],
  ['access that is left empty', 'access:', /access is/],
  ['a category that is a list', 'category: [a]', /category: title, category and language are texts/],
  ['what is not YAML', 'access: [staff', /not YAML/],
  ['two of one key', 'access: [a]\naccess: everyone', /not YAML/],
  ['a list', '- a', /as a whole/],
  ['one beyond the limit', `title: ${'a'.repeat(FRONT_CHARS_MAX)}`, /above 10000/],
  ['aliases that grow', 'a: &a [x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]', /not YAML/],
];

for (const [name, yaml, text] of REFUSED) {
  test(`parseFront: refuses ${name}`, () =>
    assert.throws(
      () => parseFront(yaml),
      (error) => error instanceof Refusal && error.kind === 'badFront' && text.test(error.message),
    ));
}

test('parseFront: resolves a value ten times, its first place among them, and not once more', () => {
  const aliases = (count: number) => `title: t\na: &a x\nb: [${Array.from({ length: count }, () => '*a').join(', ')}]`;
  assert.equal(parseFront(aliases(9)).title, 't');
  assert.throws(() => parseFront(aliases(10)), /not YAML/);
});
