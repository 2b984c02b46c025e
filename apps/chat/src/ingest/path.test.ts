import assert from 'node:assert/strict';
import test from 'node:test';
import { documentPath, PATH_CHARS_MAX, uploadPath } from './path.ts';

const CASES: ReadonlyArray<readonly [given: string, want: string | null]> = [
  ['a.md', 'a.md'],
  ["b/O'Hara & Söhne (1).md", "b/O'Hara & Söhne (1).md"],
  ['./a//b.md', 'a/b.md'],
  ['a\\b.md', 'a/b.md'],
  ['a..b.md', 'a..b.md'],
  ['../a.md', null],
  ['a/../../b.md', null],
  ['a\\..\\b.md', null],
  ['/etc/passwd', null],
  ['C:\\a.md', null],
  ['a\0.md', null],
  ['a\n.md', null],
  ['a\u202egpj.md', null],
  ['', null],
  ['.', null],
  ['a'.repeat(PATH_CHARS_MAX), 'a'.repeat(PATH_CHARS_MAX)],
  ['a'.repeat(PATH_CHARS_MAX + 1), null],
];

for (const [given, want] of CASES) {
  test(`documentPath: ${JSON.stringify(given.slice(0, 30))} of ${given.length} is ${want === null ? 'refused' : 'taken'}`, () =>
    assert.equal(documentPath(given), want));
}

test('uploadPath: keeps users apart, whatever they are called and whatever the file says of its folder', () => {
  assert.equal(uploadPath('ada', 'C:\\My files\\a.md'), 'uploads/ada/a.md');
  assert.equal(uploadPath('../bob', '../../x/a.md'), 'uploads/%2E%2E%2Fbob/a.md');
  assert.equal(uploadPath(null, 'a.md'), 'uploads/a.md');
  assert.deepEqual(
    ['..', '', 'x/'].map((name) => uploadPath('ada', name)),
    [null, null, null],
  );
});
