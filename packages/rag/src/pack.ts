/** The atoms of a section put together into chunks: as full as the limits allow, ended at a block's end where that costs little. */
import type { Chunk, ChunkLimits } from './chunk.ts';
import type { Atom, Section } from './layout.ts';
import { estimateTokens } from './text/tokens.ts';

/** A chunk that is so full ends before a block that would not fit whole. Of `charsSoft`. */
const FULL_ENOUGH = 0.5;
/** Between two sentences, at most. */
const SEAM_TOKENS = 2;

export function pack(text: string, section: Section, limits: ChunkLimits): readonly Omit<Chunk, 'index'>[] {
  const { atoms } = section;
  const chunks: Omit<Chunk, 'index'>[] = [];
  let from = 0;
  let told = 0;
  while (told < atoms.length) {
    const to = fill(text, atoms, from, told, limits);
    chunks.push(chunkOf(text, section.headings, atoms.slice(from, to)));
    told = to;
    from = to - overlapping(atoms.slice(from, to), atoms[to], limits);
  }
  return chunks;
}

/** @param from first atom, told before or not. @param told first that was not. @returns the first that is not taken; one at least is. */
function fill(text: string, atoms: readonly Atom[], from: number, told: number, limits: ChunkLimits): number {
  const start = atoms[from]?.start ?? 0;
  let tokens = headTokens(atoms[from]);
  for (let at = from; at < atoms.length; at++) {
    const atom = atoms[at];
    if (atom === undefined) break;
    const before = at === from ? undefined : atoms[at - 1];
    tokens += atom.tokens + (before === undefined ? 0 : estimateTokens(text.slice(before.end, atom.start)));
    if (at <= told) continue;
    if (tokens > limits.tokensMax || atom.end - start > limits.charsSoft) return at;
    const isNewBlock = before?.block !== atom.block;
    const isFull = (before?.end ?? start) - start >= limits.charsSoft * FULL_ENOUGH;
    if (isNewBlock && isFull && blockEnd(atoms, at) - start > limits.charsSoft) return at;
  }
  return atoms.length;
}

function headTokens(atom: Atom | undefined): number {
  return atom === undefined || atom.head === null ? 0 : estimateTokens(`${atom.head}\n`);
}

function blockEnd(atoms: readonly Atom[], at: number): number {
  let last = at;
  while (atoms[last + 1]?.block === atoms[at]?.block) last++;
  return atoms[last]?.end ?? 0;
}

/**
 * How many of the last sentences are told again, if a paragraph goes on; never so many that the next would not fit beside them. Where
 * one ends, the next may be on another page, which what is told again would wrongly add to it.
 */
function overlapping(taken: readonly Atom[], next: Atom | undefined, limits: ChunkLimits): number {
  if (next === undefined) return 0;
  const wanted = limits.charsSoft * limits.overlap;
  let tokens = next.tokens + 2 * SEAM_TOKENS;
  let count = 0;
  // The first atom stays out: a chunk that holds all of the one before it would be told twice.
  for (let at = taken.length - 1; at > 0; at--) {
    const atom = taken[at];
    if (atom === undefined || atom.block !== next.block || next.head !== null) break;
    tokens += atom.tokens + SEAM_TOKENS;
    const chars = (taken.at(-1)?.end ?? 0) - atom.start;
    if (chars > 2 * wanted || tokens > limits.tokensMax || next.end - atom.start > limits.charsSoft) break;
    count++;
    if (chars >= wanted) break;
  }
  return count;
}

function chunkOf(text: string, headings: readonly string[], atoms: readonly Atom[]): Omit<Chunk, 'index'> {
  const start = atoms[0]?.start ?? 0;
  const end = atoms.at(-1)?.end ?? start;
  const head = atoms[0]?.head ?? null;
  const passage = text.slice(start, end);
  return {
    text: head === null ? passage : `${head}\n${passage}`,
    headings,
    pageFrom: smallest(atoms.map((atom) => atom.pageFrom)),
    pageTo: largest(atoms.map((atom) => atom.pageTo)),
    start,
    end,
  };
}

function smallest(pages: readonly (number | null)[]): number | null {
  const known = pages.filter((page) => page !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function largest(pages: readonly (number | null)[]): number | null {
  const known = pages.filter((page) => page !== null);
  return known.length === 0 ? null : Math.max(...known);
}
