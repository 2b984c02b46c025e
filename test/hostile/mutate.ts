/** Requests by chance: those of the table, changed in a few places, each with a mark of its own that tells whose bytes are whose. */
import type { Chance } from '../sim/chance.ts';
import { HOSTILE } from './requests.ts';
import { BASE } from './stage.ts';

/** What a reader of HTTP may stumble over. latin1. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\0',
  ':',
  ' ',
  '\t',
  ',',
  ';',
  '"',
  '%',
  '%2e',
  '/',
  '..',
  '?',
  '#',
  '\\',
  '{',
  '}',
  '0\r\n\r\n',
  'ffffffff\r\n',
  '\x80',
  '\xff',
  'content-length: 0\r\n',
  'content-length: 5\r\n',
  'transfer-encoding: chunked\r\n',
  'expect: 100-continue\r\n',
  'connection: upgrade\r\nupgrade: websocket\r\n',
  'host: other\r\n',
  'HTTP/1.1',
  'HTTP/1.0',
  'GET /openai/v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n',
  '"model":"other",',
  'x'.repeat(5_000),
] as const;

const CHANGES_MAX = 4;
/** Bytes that one change takes away or doubles, at most. */
const RANGE_MAX = 60;
const PIECES_MAX = 4;

/** The number twice, so that one which was changed is no mark any more. */
const markOf = (number: number): string => `mark-${number}-${number}-`;
export const MARK = /mark-(\d+)-\1-/g;

export interface Fuzzed {
  readonly bytes: string;
  /** The same, as the client sends it. */
  readonly pieces: readonly Buffer[];
}

export function fuzzed(chance: Chance, number: number): Fuzzed {
  let bytes = marked(base(chance), number);
  for (let left = chance.below(CHANGES_MAX + 1); left > 0; left--) bytes = changed(chance, bytes, number);
  return { bytes, pieces: inPieces(chance, bytes) };
}

function base(chance: Chance): string {
  if (chance.oneIn(3)) return BASE;
  return HOSTILE[chance.below(HOSTILE.length)]?.bytes ?? BASE;
}

/** In a header, and so in each request of the bytes. */
function marked(bytes: string, number: number): string {
  return bytes.replaceAll(/ HTTP\/1\.1\r\n/g, ` HTTP/1.1\r\nx-mark: ${markOf(number)}\r\n`);
}

function changed(chance: Chance, bytes: string, number: number): string {
  const at = chance.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + chance.below(RANGE_MAX));
  const [before, range, rest] = [bytes.slice(0, at), bytes.slice(at, to), bytes.slice(to)];
  switch (chance.below(7)) {
    case 0:
      return before + PIECES[chance.below(PIECES.length)] + range + rest;
    case 1:
      return before + rest;
    case 2:
      return before + range + range + rest;
    case 3:
      return before + String.fromCharCode(chance.below(256)) + bytes.slice(at + 1);
    case 4:
      return before;
    case 5:
      return bytes + marked(base(chance), number);
    default:
      return before + PIECES[chance.below(PIECES.length)] + rest;
  }
}

function inPieces(chance: Chance, bytes: string): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let left = chance.below(PIECES_MAX); left > 0; left--) {
    const to = from + chance.below(bytes.length - from + 1);
    pieces.push(Buffer.from(bytes.slice(from, to), 'latin1'));
    from = to;
  }
  pieces.push(Buffer.from(bytes.slice(from), 'latin1'));
  return pieces.filter((piece) => piece.length > 0);
}
