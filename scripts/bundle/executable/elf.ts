/**
 * Puts a note into a program for Linux, where Node looks for what a single executable application runs. The table of segments needs two more
 * rows than it has room for, so it moves to the end of the file, in front of the note; a new segment has the loader read both.
 * Other systems have other formats, and are left to postject or to `node --build-sea`.
 * Sources: System V ABI, chapters 4 and 5 (ELF-64); where Node looks: its `deps/postject/postject-api.h`.
 */

/** Bytes of a row in the table of segments. */
const ROW = 56;
/** Addresses within the head of the file: of where the table begins (8 bytes), and of its number of rows (2 bytes). */
const TABLE_AT = 32;
const ROWS_AT = 56;
const HEAD = 64;

const SEGMENT = { load: 1, note: 4, table: 6 } as const;
/** May be read; neither written nor run. */
const READABLE = 4;
/** The largest page of a Linux: some on arm64 have 64 KiB. */
const PAGE = 0x1_00_00;
/** Nobody asks for the type of the note; its name is looked at. */
const NOTE_TYPE = 0;

export class NotInjectable extends Error {}

/** @returns the program with the note. @throws NotInjectable where it is none that this knows. */
export function withNote(program: Buffer, name: string, content: Buffer): Buffer {
  const rows = rowsOf(program);
  const loads = rows.filter((row) => row.readUInt32LE(0) === SEGMENT.load);
  const [first] = loads;
  if (first === undefined) throw new NotInjectable('the program has no segment that is loaded');
  const fileAt = upTo(program.length, PAGE);
  const base = numberAt(first, 16) - numberAt(first, 8);
  const memoryAt = base + fileAt;
  const used = Math.max(...loads.map((row) => numberAt(row, 16) + numberAt(row, 40)));
  if (used > memoryAt)
    throw new NotInjectable(`the program uses memory up to ${used}, and the note would be at ${memoryAt}`);

  const note = noteOf(name, content);
  const tableBytes = (rows.length + 2) * ROW;
  const bytes = tableBytes + note.length;
  const table = rowsWith(rows, {
    load: row(SEGMENT.load, fileAt, memoryAt, bytes, PAGE),
    note: row(SEGMENT.note, fileAt + tableBytes, memoryAt + tableBytes, note.length, 4),
    table: row(SEGMENT.table, fileAt, memoryAt, tableBytes, 8),
  });
  const head = Buffer.from(program.subarray(0, HEAD));
  head.writeBigUInt64LE(BigInt(fileAt), TABLE_AT);
  head.writeUInt16LE(rows.length + 2, ROWS_AT);
  return Buffer.concat([head, program.subarray(HEAD), Buffer.alloc(fileAt - program.length), ...table, note]);
}

function rowsOf(program: Buffer): readonly Buffer[] {
  const isElf64 = program.length > HEAD && program.subarray(0, 6).equals(Buffer.from('\x7fELF\x02\x01', 'latin1'));
  if (!isElf64) throw new NotInjectable('the program is no ELF of 64 bits, least significant byte first');
  const at = numberAt(program, TABLE_AT);
  const count = program.readUInt16LE(ROWS_AT);
  if (at + count * ROW > program.length) throw new NotInjectable('the table of segments is not within the program');
  return Array.from({ length: count }, (_, i) => program.subarray(at + i * ROW, at + (i + 1) * ROW));
}

interface NewRows {
  readonly load: Buffer;
  readonly note: Buffer;
  readonly table: Buffer;
}

/** Segments to load stay sorted by their addresses, as the loader wants them: the new one is the highest. */
function rowsWith(rows: readonly Buffer[], made: NewRows): readonly Buffer[] {
  const lastLoad = rows.findLastIndex((each) => each.readUInt32LE(0) === SEGMENT.load);
  return rows.flatMap((each, i) => {
    const kept = each.readUInt32LE(0) === SEGMENT.table ? made.table : each;
    return i === lastLoad ? [kept, made.load, made.note] : [kept];
  });
}

function row(type: number, fileAt: number, memoryAt: number, bytes: number, align: number): Buffer {
  const made = Buffer.alloc(ROW);
  made.writeUInt32LE(type, 0);
  made.writeUInt32LE(READABLE, 4);
  for (const [i, value] of [fileAt, memoryAt, memoryAt, bytes, bytes, align].entries()) {
    made.writeBigUInt64LE(BigInt(value), 8 + i * 8);
  }
  return made;
}

/** Sizes of name and content, then both, each filled up to four bytes. */
function noteOf(name: string, content: Buffer): Buffer {
  const label = Buffer.from(`${name}\0`, 'latin1');
  const head = Buffer.alloc(12);
  head.writeUInt32LE(label.length, 0);
  head.writeUInt32LE(content.length, 4);
  head.writeUInt32LE(NOTE_TYPE, 8);
  const parts = [head, label, content].map((part) => [part, Buffer.alloc(upTo(part.length, 4) - part.length)]);
  return Buffer.concat(parts.flat());
}

/** Addresses and sizes of a program are far below 2 ** 53. */
function numberAt(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

function upTo(size: number, step: number): number {
  return Math.ceil(size / step) * step;
}
