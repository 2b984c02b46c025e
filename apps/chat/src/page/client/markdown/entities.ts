/** `&amp;` and the like. The few names that models write; the two thousand others stay as they were written. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  euro: '€',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  times: '×',
  middot: '·',
  bull: '•',
  rarr: '→',
  le: '≤',
  ge: '≥',
};

const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/iy;
/** Those that stand for citations: a text can not forge one. */
const OURS = /[\uE000-\uE003]/;

export function decoded(text: string, at: number): { readonly written: string; readonly text: string } | null {
  ENTITY.lastIndex = at;
  const [written, decimal, hex, name] = ENTITY.exec(text) ?? [];
  if (written === undefined) return null;
  if (name !== undefined) {
    const char = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    return char === undefined ? null : { written, text: char };
  }
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isOne = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  const char = isOne ? String.fromCodePoint(point) : '\uFFFD';
  return { written, text: OURS.test(char) ? '\uFFFD' : char };
}
