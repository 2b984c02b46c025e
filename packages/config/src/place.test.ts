import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printError } from './findings.ts';
import { formatPath, isSecretPath, type Path, quoted, showValue, valueAt } from './place.ts';

const PATHS: ReadonlyArray<readonly [given: Path, want: string]> = [
  [[], ''],
  [['backends', 0, 'deployments', 1, 'weight'], 'backends[0].deployments[1].weight'],
  [['pools', 'gpt-4o', 'members', 0], 'pools.gpt-4o.members[0]'],
  [['pools', 'gpt-4.1'], 'pools["gpt-4.1"]'],
  [['aliases', ''], 'aliases[""]'],
  [['a\nb'], '["a\\nb"]'],
  [['abcdef0123456789abcdef0123456789'], '["***"]'],
];

for (const [given, want] of PATHS)
  test(`formatPath: ${want || 'the whole'}`, () => assert.equal(formatPath(given), want));

const VALUES: ReadonlyArray<readonly [path: Path, value: unknown, want: string]> = [
  [['weight'], 0, '0'],
  [['weight'], undefined, ''],
  [['weight'], null, ''],
  [['weight'], [], ''],
  [['weight'], [1], 'a list'],
  [['weight'], { apiKey: 'secret' }, 'a mapping'],
  [['name'], 'a "b"', '"a \\"b\\""'],
  [['name'], 'tab\tescape\u001b[31m line\u2028end', '"tab\\tescape\\u001b[31m line\\u{2028}end"'],
  [['name'], 'x y '.repeat(30), `"${'x y '.repeat(25)}…"`],
  [['apiKey'], 'secret', '***'],
  [['clients', 0, 'key'], 7, '***'],
  [['apiKey'], `\${OPENAI1_KEY}`, `"\${OPENAI1_KEY}"`],
  [['apiKey'], `\${OPENAI1_KEY}x`, '***'],
  [['apiKey'], `\${file:/run/secrets/key}`, `"\${file:/run/secrets/key}"`],
  [['aliases', 'key'], 'gpt-4o', '"gpt-4o"'],
  [['url'], 'https://me:pass/word@host/path?sig=secret', '"https://***@host/path?***"'],
  [['name'], 'Bearer abcdef0123456789abcdef0123456789', '"Bearer ***"'],
  [['name'], 'YWJjZGVmZ2hpamtsbW5vcHFy/3R1dnd4eXo+MTIzNDU2Nzg5MA==', '"***"'],
];

for (const [path, value, want] of VALUES) {
  test(`showValue: ${formatPath(path)} shows as ${want.slice(0, 40) || 'nothing'}`, () =>
    assert.equal(showValue(path, value), want));
}

test('quoted: half a surrogate pair does not break it', () => assert.equal(quoted('a\ud800'), '"a\\ud800"'));

test('isSecretPath: knows the keys that hold secrets, in whatever spelling', () => {
  for (const key of ['apiKey', 'apikey', 'key']) assert.equal(isSecretPath(['backends', 0, key]), true, key);
  for (const key of ['name', 'keys', 'monkey']) assert.equal(isSecretPath(['backends', 0, key]), false, key);
});

test('valueAt: follows own keys only', () => {
  assert.equal(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b']), 1);
  assert.equal(valueAt({ a: [] }, ['a', 0, 'b']), undefined);
  assert.equal(valueAt({}, ['constructor']), undefined);
  assert.equal(valueAt([], ['length']), undefined);
});

test('printError: leaves out what there is not', () => {
  const error = { line: 7, column: 15, path: 'a.b', value: '0', rule: 'is not above 0', remedy: 'raise it' };
  assert.equal(printError({ ...error, file: 'x.yaml' }), 'x.yaml:7:15 a.b: 0 is not above 0; raise it');
  assert.equal(printError({ ...error, file: 'x.yaml', path: '', value: '' }), 'x.yaml:7:15: is not above 0; raise it');
  assert.equal(printError({ ...error, file: 'x.yaml', line: null, path: '' }), 'x.yaml: 0 is not above 0; raise it');
  assert.equal(
    printError({ ...error, file: null, line: null, path: 'BACKEND_1_PRIORITY' }),
    'BACKEND_1_PRIORITY: 0 is not above 0; raise it',
  );
});
