/** From what was found to what the model reads: not too much of one document, neighbours as one passage, within a budget of tokens. */
import type { Chunk } from '../chunk.ts';
import { sentencesIn } from '../text/sentences.ts';
import { estimateTokens } from '../text/tokens.ts';

/** A chunk that was found. */
export interface Candidate {
  readonly chunkId: string;
  readonly documentId: string;
  /** Of the document. */
  readonly title: string;
  readonly chunk: Chunk;
  /** Larger is better. */
  readonly score: number;
}

/** One chunk, or neighbours in one piece. */
export interface Passage extends Omit<Chunk, 'index'> {
  /** In the document's order. */
  readonly chunkIds: readonly string[];
  readonly documentId: string;
  readonly title: string;
  /** Of its best chunk. */
  readonly score: number;
}

export interface PassageLimits {
  /** Chunks of one document. */
  readonly perDocument: number;
  /** Chunks in all. */
  readonly top: number;
  /** Of all passages together, estimated. */
  readonly tokensMax: number;
}

export const PER_DOCUMENT = 3;

/** @param candidates best first. @returns best first. */
export function choosePassages(candidates: readonly Candidate[], limits: PassageLimits): readonly Passage[] {
  const chosen = diversify(candidates, limits.perDocument).slice(0, Math.max(0, limits.top));
  return fitBudget(joinNeighbours(chosen), limits.tokensMax);
}

/** At most so many of each document, the best; a chunk found twice counts once. */
export function diversify<T extends Pick<Candidate, 'chunkId' | 'documentId'>>(
  candidates: readonly T[],
  perDocument = PER_DOCUMENT,
): readonly T[] {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  return candidates.filter(({ chunkId, documentId }) => {
    const count = counts.get(documentId) ?? 0;
    if (seen.has(chunkId) || count >= perDocument) return false;
    seen.add(chunkId);
    counts.set(documentId, count + 1);
    return true;
  });
}

/** Neighbours below the same headings become one passage, which stands where the better of them stood. */
export function joinNeighbours(candidates: readonly Candidate[]): readonly Passage[] {
  const inOrder = [...candidates].sort((a, b) =>
    a.documentId === b.documentId ? a.chunk.index - b.chunk.index : a.documentId < b.documentId ? -1 : 1,
  );
  const joined: Array<{ passage: Passage; last: Chunk }> = [];
  for (const candidate of inOrder) {
    const before = joined.at(-1);
    if (before !== undefined && areNeighbours(before, candidate)) {
      joined[joined.length - 1] = { passage: join(before.passage, candidate), last: candidate.chunk };
    } else joined.push({ passage: passageOf(candidate), last: candidate.chunk });
  }
  const place = new Map(candidates.map(({ chunkId }, i) => [chunkId, i]));
  const bestPlace = ({ chunkIds }: Passage) => Math.min(...chunkIds.map((id) => place.get(id) ?? 0));
  return joined.map(({ passage }) => passage).sort((a, b) => bestPlace(a) - bestPlace(b));
}

function areNeighbours(
  { passage, last }: { passage: Passage; last: Chunk },
  { documentId, chunk }: Candidate,
): boolean {
  return passage.documentId === documentId && chunk.index === last.index + 1 && samePath(last, chunk);
}

function samePath(a: Chunk, b: Chunk): boolean {
  return a.headings.length === b.headings.length && a.headings.every((heading, i) => heading === b.headings[i]);
}

function passageOf({ chunkId, documentId, title, chunk, score }: Candidate): Passage {
  const { text, headings, pageFrom, pageTo, start, end } = chunk;
  return { chunkIds: [chunkId], documentId, title, text, headings, pageFrom, pageTo, start, end, score };
}

function join(passage: Passage, { chunkId, chunk, score }: Candidate): Passage {
  const overlap = passage.end - chunk.start;
  const length = chunk.end - chunk.start;
  // What stands before the chunk's own range is a table's head, told already.
  const own = chunk.text.slice(chunk.text.length - length);
  const isTable = chunk.text.length > length;
  const seam = overlap > 0 ? '' : isTable ? '\n' : overlap < -1 ? '\n\n' : ' ';
  return {
    ...passage,
    chunkIds: [...passage.chunkIds, chunkId],
    text: passage.text + seam + own.slice(Math.max(0, overlap)),
    pageFrom: passage.pageFrom ?? chunk.pageFrom,
    pageTo: chunk.pageTo ?? passage.pageTo,
    end: Math.max(passage.end, chunk.end),
    score: Math.max(passage.score, score),
  };
}

/** The best that fit; one that is too long is passed over for the next. If even the best is, its first sentences are taken. */
export function fitBudget(passages: readonly Passage[], tokensMax: number): readonly Passage[] {
  const kept: Passage[] = [];
  let left = tokensMax;
  for (const passage of passages) {
    const tokens = estimateTokens(passage.text);
    if (tokens > left) continue;
    kept.push(passage);
    left -= tokens;
  }
  const best = passages[0];
  if (kept.length > 0 || best === undefined) return kept;
  const cut = firstSentences(best, tokensMax);
  return cut === null ? [] : [cut];
}

function firstSentences(passage: Passage, tokensMax: number): Passage | null {
  let chars = 0;
  for (const { end } of sentencesIn(passage.text)) {
    if (estimateTokens(passage.text.slice(0, end)) > tokensMax) break;
    chars = end;
  }
  if (chars === 0) return null;
  // A table's head stands before the range, which therefore ends later than the text's length tells.
  const before = Math.max(0, passage.text.length - (passage.end - passage.start));
  const end = Math.max(passage.start, passage.start + chars - before);
  return { ...passage, text: passage.text.slice(0, chars), end };
}
