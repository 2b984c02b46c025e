/** A picture as PNG, its data stored, not compressed. Source: W3C Portable Network Graphics §5, §11; RFC 1950, RFC 1951 §3.2.4. */
import { adler32, bigEndian, crc32, joined, latin1, littleEndian } from './bytes.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of four colours. */
  readonly palette: readonly [Colour, Colour, Colour, Colour];
  /** Number of the colour, from 0 to 3, of each dot of a row. */
  row(y: number): Uint8Array;
}

export type Colour = readonly [red: number, green: number, blue: number];

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Of one stored block (RFC 1951 §3.2.4). */
const BLOCK_BYTES_MAX = 65_535;
/** Four colours take two bits: a picture of 1024 × 1024 then takes 256 KB without compression. */
const DOTS_PER_BYTE = 4;

export function pngOf(picture: Picture): Uint8Array {
  const { width, height, palette } = picture;
  const head = joined([bigEndian(width, 4), bigEndian(height, 4), Uint8Array.of(2, 3, 0, 0, 0)]);
  return joined([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Uint8Array.from(palette.flat())),
    chunk('IDAT', stored(dataOf(picture))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = joined([latin1(type), data]);
  return joined([bigEndian(data.length, 4), named, bigEndian(crc32(named), 4)]);
}

/** Each row with the number of its filter (none) before it. */
function dataOf(picture: Picture): Uint8Array {
  const rowBytes = Math.ceil(picture.width / DOTS_PER_BYTE);
  const data = new Uint8Array((rowBytes + 1) * picture.height);
  for (let y = 0; y < picture.height; y++) {
    const dots = picture.row(y);
    const from = y * (rowBytes + 1) + 1;
    for (let i = 0; i < rowBytes; i++) {
      const x = i * DOTS_PER_BYTE;
      const [a = 0, b = 0, c = 0, d = 0] = [dots[x], dots[x + 1], dots[x + 2], dots[x + 3]];
      data[from + i] = (a << 6) | (b << 4) | (c << 2) | d;
    }
  }
  return data;
}

/** A zlib stream of stored blocks. */
function stored(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let from = 0; from < data.length; from += BLOCK_BYTES_MAX) {
    const block = data.subarray(from, from + BLOCK_BYTES_MAX);
    const last = from + block.length >= data.length ? 1 : 0;
    parts.push(Uint8Array.of(last), littleEndian(block.length, 2), littleEndian(0xffff - block.length, 2), block);
  }
  parts.push(bigEndian(adler32(data), 4));
  return joined(parts);
}
