import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from './extraction.ts';
import { EXTRACT_LIMITS } from './limits.ts';
import { type Part, zipOf } from './testing/zip.ts';
import { checkZip } from './zip.ts';

const LIMITS = { ...EXTRACT_LIMITS, zipEntriesMax: 3, zipInflatedBytesMax: 3_000_000, zipRatioMax: 100 };
const A: Part = { name: 'a.xml', content: 'hello' };
/** Grows more than a hundredfold. */
const SPACES = Buffer.alloc(1_500_000, 0x20);

function seen(zip: Uint8Array): readonly string[] {
  const names: string[] = [];
  checkZip(zip, LIMITS, (name, content) => names.push(`${name} ${content.length}`));
  return names;
}

test('checkZip: shows each part of an honest archive, packed or not', () => {
  assert.deepEqual(seen(zipOf([A, { name: 'b', content: 'bc', method: 0 }, { name: 'empty', content: '' }])), [
    'a.xml 5',
    'b 2',
    'empty 0',
  ]);
});

const REFUSED: ReadonlyArray<readonly [name: string, zip: Buffer, kind: string, text: RegExp]> = [
  [
    'more parts than the limit',
    zipOf(['1', '2', '3', '4'].map((name) => ({ ...A, name }))),
    'unsafe',
    /4 parts, above 3/,
  ],
  [
    'a part that inflates beyond the ratio',
    zipOf([{ name: 'a', content: SPACES }]),
    'unsafe',
    /times its size, above 100/,
  ],
  [
    'parts that inflate beyond the limit together',
    zipOf(['1', '2', '3'].map((name) => ({ name, content: SPACES, method: 0 }))),
    'unsafe',
    /more than is taken on/,
  ],
  ['a part that is larger than it says', zipOf([{ name: 'a', content: SPACES, size: 10 }]), 'unsafe', /another size/],
  ['a part that is smaller than it says', zipOf([{ ...A, size: 6 }]), 'unsafe', /another size/],
  ['a part that says it is empty', zipOf([{ ...A, size: 0 }]), 'unsafe', /another size/],
  ['two parts of one name', zipOf([A, A]), 'unsafe', /one name/],
  ['a path that leads out', zipOf([{ ...A, name: 'x/../../a' }]), 'unsafe', /leads out/],
  ['an absolute path', zipOf([{ ...A, name: '/etc/a' }]), 'unsafe', /leads out/],
  ['a part under a password', zipOf([{ ...A, flags: 1 }]), 'encrypted', /password/],
  ['another packing', zipOf([{ ...A, method: 12 }]), 'unsupported', /uncommon/],
  ['more parts said than there are', zipOf([A], 2), 'damaged', /damaged/],
  ['one of the large kind', zipOf([A], 0xffff), 'unsupported', /large/],
  ['no archive at all', Buffer.from('PK'), 'damaged', /damaged/],
  ['an end that is cut off', zipOf([A]).subarray(0, -5), 'damaged', /damaged/],
];

for (const [name, zip, kind, text] of REFUSED) {
  test(`checkZip: refuses ${name}`, () => {
    assert.throws(
      () => seen(zip),
      (error) => error instanceof Refusal && error.kind === kind && text.test(error.message),
    );
  });
}

test('checkZip: the end of the directory is looked for as far back as the longest comment goes, and no further', () => {
  const zip = zipOf([A]);
  assert.deepEqual(seen(Buffer.concat([zip, Buffer.alloc(65_535)])), ['a.xml 5']);
  assert.throws(() => seen(Buffer.concat([zip, Buffer.alloc(65_536)])), /damaged/);
});

test('checkZip: whatever byte is changed, it ends with a refusal or with nothing', () => {
  const zip = zipOf([A, { name: 'b', content: 'b'.repeat(500) }]);
  for (let at = 0; at < zip.length; at++) {
    for (const flip of [0xff, 1, 0x80]) {
      const changed = Buffer.from(zip);
      changed[at] = (changed[at] ?? 0) ^ flip;
      try {
        seen(changed);
      } catch (error) {
        assert.ok(error instanceof Refusal, `byte ${at}: ${error}`);
      }
    }
  }
});
