/** A folder of documents, searched by words alone, in memory: what an index without a model can do, and the least that a store must reach. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bm25, chunkDocument, diversify, textForRanking } from '@spillway/rag';
import { extract } from '../extract/extract.ts';
import { Refusal } from '../extract/extraction.ts';
import { NO_RULES, RULES_FILE, readRules } from '../ingest/access-rules.ts';
import type { Access } from '../store/store.ts';
import type { Asked, Passage, Retriever } from './asker.ts';
import { documentsIn } from './corpus.ts';

/** Looked at before those are left out that the asker may not see, or that are too many of one document. */
const CANDIDATES_MAX = 50;

interface Piece extends Passage {
  readonly documentId: string;
  readonly chunkId: string;
  readonly groups: readonly string[];
}

export interface MemoryIndex {
  readonly retriever: Retriever;
  readonly documents: number;
  readonly chunks: number;
  /** Files that cannot be read: `path: why`. */
  readonly refused: readonly string[];
}

export async function indexInMemory(folder: string): Promise<MemoryIndex> {
  const ranking = new Bm25();
  const pieces = new Map<string, Piece>();
  const refused: string[] = [];
  const paths = documentsIn(folder);
  const rules = rulesOf(folder);
  for (const path of paths) {
    try {
      await add(path, readFileSync(join(folder, path)), (ofDocument) => rules(path) ?? ofDocument);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(`${path}: ${error.message}`);
    }
  }
  return {
    retriever: { retrieve: async (asked, top) => found(asked, top) },
    documents: paths.length - refused.length,
    chunks: pieces.size,
    refused,
  };

  async function add(path: string, bytes: Uint8Array, accessOf: (ofDocument: Access | null) => Access | null) {
    const { extracted, front } = await extract(path, bytes);
    const groups = accessOf(front.access)?.groups ?? [];
    for (const { index, text, headings, pageFrom, pageTo } of chunkDocument(extracted).chunks) {
      const chunkId = `${path}#${index}`;
      ranking.add(chunkId, textForRanking({ text, headings }, extracted.title), null);
      pieces.set(chunkId, { documentId: path, chunkId, path, pageFrom, pageTo, text, groups });
    }
  }

  function found(asked: Asked, top: number): readonly Passage[] {
    const ranked = ranking.search(queryOf(asked), CANDIDATES_MAX).flatMap(({ id }) => pieces.get(id) ?? []);
    return diversify(ranked.filter((piece) => maySee(asked, piece))).slice(0, top);
  }
}

/** Without a model to say what a follow-up means, the question before it is searched for along with it. */
export function queryOf({ question, history }: Asked): string {
  const before = history.at(-1)?.question;
  return before === undefined ? question : `${before} ${question}`;
}

function maySee({ groups: asker }: Asked, { groups }: Piece): boolean {
  return asker === null || groups.length === 0 || groups.some((group) => asker.includes(group));
}

function rulesOf(folder: string): (path: string) => Access | null {
  let yaml: string;
  try {
    yaml = readFileSync(join(folder, RULES_FILE), 'utf8');
  } catch {
    return NO_RULES.accessOf;
  }
  const rules = readRules(yaml);
  if (typeof rules === 'string') throw new Error(`${RULES_FILE}: ${rules}`);
  return (path) => rules.accessOf(path);
}
