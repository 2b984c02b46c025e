/**
 * Looks at an archive before a library opens it: what it would inflate to, whether its parts lie about their sizes, overlap, or are
 * reached by paths that lead out. Every part is inflated here once, one after the other and bounded, and let go of.
 * Source: PKWARE APPNOTE 6.3.10, §4.3 (layout), §4.4 (fields).
 */
import { inflateRawSync } from 'node:zlib';
import { Refusal } from './extraction.ts';
import { type ExtractLimits, ZIP_RATIO_FROM_BYTES } from './limits.ts';

const END_MARK = 0x06054b50;
const ENTRY_MARK = 0x02014b50;
const LOCAL_MARK = 0x04034b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/** @param see Is shown each part's content; it must not keep it. */
export function checkZip(bytes: Uint8Array, limits: ExtractLimits, see: (name: string, content: Buffer) => void): void {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let budget = limits.zipInflatedBytesMax;
  for (const entry of entriesOf(zip, limits)) {
    const content = contentOf(zip, entry, budget);
    budget -= content.length;
    const ratio = content.length / Math.max(1, entry.packed);
    if (content.length > ZIP_RATIO_FROM_BYTES && ratio > limits.zipRatioMax) {
      throw new Refusal(
        'unsafe',
        `a part inflates to ${Math.floor(ratio)} times its size, above ${limits.zipRatioMax}`,
      );
    }
    see(entry.name, content);
  }
}

function entriesOf(zip: Buffer, limits: ExtractLimits): readonly Entry[] {
  const end = endOf(zip);
  const count = zip.readUInt16LE(end + 10);
  if (zip.readUInt16LE(end + 4) !== 0 || count === 0xffff || zip.readUInt32LE(end + 16) === 0xffffffff) {
    throw new Refusal('unsupported', 'an archive of the large or of the split kind; save the document anew');
  }
  if (count > limits.zipEntriesMax) {
    throw new Refusal('unsafe', `an archive of ${count} parts, above ${limits.zipEntriesMax}`);
  }
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    const { entry, next } = entryAt(zip, at, end);
    if (seen.has(entry.name)) throw new Refusal('unsafe', 'an archive with two parts of one name');
    seen.add(entry.name);
    entries.push(entry);
    at = next;
  }
  return entries;
}

function endOf(zip: Buffer): number {
  const from = Math.max(0, zip.length - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = zip.length - END_BYTES; at >= from; at--) if (zip.readUInt32LE(at) === END_MARK) return at;
  throw damaged();
}

function entryAt(zip: Buffer, at: number, end: number): { readonly entry: Entry; readonly next: number } {
  if (at + ENTRY_BYTES > end || zip.readUInt32LE(at) !== ENTRY_MARK) throw damaged();
  const nameBytes = zip.readUInt16LE(at + 28);
  const next = at + ENTRY_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  if (next > end) throw damaged();
  const name = zip.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
  if (/(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[a-z]:/i.test(name)) {
    throw new Refusal('unsafe', 'an archive with a part whose path leads out of it');
  }
  return {
    next,
    entry: {
      name,
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      at: zip.readUInt32LE(at + 42),
    },
  };
}

function contentOf(zip: Buffer, entry: Entry, budget: number): Buffer {
  if ((entry.flags & 1) !== 0) throw new Refusal('encrypted', 'protected by a password; save it without one');
  if (entry.at + LOCAL_BYTES > zip.length || zip.readUInt32LE(entry.at) !== LOCAL_MARK) throw damaged();
  const from = entry.at + LOCAL_BYTES + zip.readUInt16LE(entry.at + 26) + zip.readUInt16LE(entry.at + 28);
  const packed = zip.subarray(from, from + entry.packed);
  if (packed.length !== entry.packed) throw damaged();
  const content = inflated(packed, entry, budget);
  if (content.length !== entry.size) throw new Refusal('unsafe', 'a part of the archive has another size than it says');
  return content;
}

function inflated(packed: Buffer, { method, size }: Entry, budget: number): Buffer {
  if (size > budget || (method === 0 && packed.length > budget)) throw tooMuch();
  if (method === 0) return packed;
  if (method !== 8) throw new Refusal('unsupported', 'an archive packed in an uncommon way; save the document anew');
  try {
    // One byte more than it says, to notice that it lies; zlib takes no 0.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size + 1) });
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('unsafe', 'a part of the archive has another size than it says');
    throw damaged();
  }
}

function tooMuch(): Refusal {
  return new Refusal('unsafe', 'inflates to more than is taken on; split the document');
}

function damaged(): Refusal {
  return new Refusal('damaged', 'the archive is damaged; save the document anew');
}
