import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotInjectable, withNote } from './elf.ts';

const BASE = 0x40_00_00n;

/** Type, where in the file, where in memory, bytes there: of a row in the table of segments. */
type Row = readonly [type: number, fileAt: bigint, memoryAt: bigint, bytes: bigint];
const TABLE: Row = [6, 64n, BASE + 64n, 112n];
const LOAD: Row = [1, 0n, BASE, 176n];
const STACK: Row = [0x6474e551, 0n, 0n, 0n];

function program(rows: readonly Row[]): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(rows.length, 56);
  const table = rows.map(([type, fileAt, memoryAt, bytes]) => {
    const row = Buffer.alloc(56);
    row.writeUInt32LE(type, 0);
    for (const [i, value] of [fileAt, memoryAt, memoryAt, bytes, bytes].entries())
      row.writeBigUInt64LE(value, 8 + i * 8);
    return row;
  });
  return Buffer.concat([head, ...table]);
}

/** As a loader reads it. */
function rowsIn(elf: Buffer): readonly Row[] {
  const at = Number(elf.readBigUInt64LE(32));
  return Array.from({ length: elf.readUInt16LE(56) }, (_, i) => {
    const row = elf.subarray(at + i * 56, at + (i + 1) * 56);
    return [row.readUInt32LE(0), row.readBigUInt64LE(8), row.readBigUInt64LE(16), row.readBigUInt64LE(40)];
  });
}

test('withNote: moves the table to a page of its own behind all else, and has it loaded with the note', () => {
  const given = program([TABLE, LOAD, STACK]);
  const got = withNote(given, 'AB', Buffer.from('hello'));
  assert.deepEqual(rowsIn(got), [
    [6, 0x1_00_00n, 0x41_00_00n, 280n],
    LOAD,
    [1, 0x1_00_00n, 0x41_00_00n, 304n],
    [4, 0x1_01_18n, 0x41_01_18n, 24n],
    STACK,
  ]);
  assert.equal(got.subarray(0x1_01_18).toString('hex'), '030000000500000000000000' + '41420000' + '68656c6c6f000000');
  assert.deepEqual(got.subarray(64, given.length), given.subarray(64));
});

test('withNote: leaves the program that it was given as it was', () => {
  const given = program([TABLE, LOAD]);
  const before = given.toString('hex');
  withNote(given, 'AB', Buffer.from('hello'));
  assert.equal(given.toString('hex'), before);
});

const huge: Row = [1, 0n, BASE, 0x2_00_00n];
const REFUSED: ReadonlyArray<readonly [name: string, given: Buffer, why: RegExp]> = [
  ['a script', Buffer.from('#!/bin/sh\n'.repeat(20)), /no ELF of 64 bits/],
  ['nothing', Buffer.alloc(0), /no ELF of 64 bits/],
  [
    'a program of 32 bits',
    Buffer.concat([Buffer.from('\x7fELF\x01\x01', 'latin1'), Buffer.alloc(100)]),
    /no ELF of 64/,
  ],
  ['a table that is cut off', program([TABLE, LOAD]).subarray(0, 150), /not within the program/],
  ['nothing that is loaded', program([STACK]), /no segment that is loaded/],
  ['memory in use where the note would be', program([TABLE, huge]), /uses memory up to 4325376/],
];

for (const [name, given, why] of REFUSED) {
  test(`withNote: refuses ${name}`, () => {
    assert.throws(
      () => withNote(given, 'AB', Buffer.from('x')),
      (error) => {
        assert.ok(error instanceof NotInjectable);
        assert.match(error.message, why);
        return true;
      },
    );
  });
}
