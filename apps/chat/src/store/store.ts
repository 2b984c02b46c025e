/**
 * Where documents, chunks, conversations and feedback are kept. One interface, one contract suite (store/contract.ts), several engines:
 * SQLite with FTS5 (default), PostgreSQL with pgvector, Azure AI Search for documents. Every method fails with {@link StoreError} alone.
 */
import type { Chunk } from '@spillway/rag';

/** Who may see a document: nobody but the named users and groups; empty lists: everybody who may use the app. */
export interface Access {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** On whose behalf something is read: only what it may see is there. */
export interface Reader {
  /** null: nobody is signed in. */
  readonly user: string | null;
  readonly groups: readonly string[];
  /** Sees everything. */
  readonly isAdmin: boolean;
}

export interface DocumentRow {
  readonly id: string;
  /** Path as indexed, with `/`; unique. */
  readonly path: string;
  readonly title: string;
  readonly category: string | null;
  readonly language: string | null;
  /** SHA-256 of the file and of how it was cut: unchanged files are skipped. Hex. */
  readonly hash: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly pages: number | null;
  readonly chunks: number;
  /** Uploaded by; null: indexed by the operator. */
  readonly owner: string | null;
  readonly access: Access;
  readonly indexedMs: number;
}

export interface NewDocument extends Omit<DocumentRow, 'id' | 'chunks'> {
  readonly chunks: readonly (Chunk & { readonly vector: Float32Array | null })[];
  /** The file as it was, for `/content`. */
  readonly original: Uint8Array;
  /** All text, of which chunks are ranges. */
  readonly text: string;
  /** The file that is there already, cut and embedded anew: it stays in the folder and in the category where it is by then. */
  readonly isAnew?: boolean;
}

export interface Found {
  readonly document: DocumentRow;
  readonly chunk: Chunk;
  readonly chunkId: string;
  /** Of the one ranking it comes from; larger is better; not comparable between rankings. */
  readonly score: number;
}

export interface SearchFilter {
  readonly reader: Reader;
  readonly includeCategory: string | null;
  readonly excludeCategory: string | null;
  /** Ids; null: all. */
  readonly documents: readonly string[] | null;
  readonly top: number;
}

/** What a ranker that reads is asked: it looks at what words and vector find, and puts that in order. */
export interface RankedSearch {
  /** As a person would say it. */
  readonly question: string;
  readonly byWords: boolean;
  /** null: words alone find. */
  readonly vector: Float32Array | null;
}

export interface Ranked {
  /** `score`: of the ranker if it ranked, else as found. */
  readonly found: readonly Found[];
  /** null: it ranked; else why it did not, as a sentence. */
  readonly unranked: string | null;
}

/** What the index was made with; another embedding model or size is refused, with the way out. */
export interface IndexFacts {
  readonly embeddingModel: string | null;
  readonly dimensions: number | null;
  readonly chunks: number;
  readonly documents: number;
}

/** In the order of paths, from behind `after` on; null: from the first. */
export interface Page {
  readonly after: string | null;
  readonly limit: number;
}

export interface DocumentStore {
  readonly name: 'local' | 'postgres' | 'azure-search';
  facts(): Promise<IndexFacts>;
  /** Takes the place of a document with the same path, at once or not at all. @returns its id. */
  put(document: NewDocument, embeddingModel: string | null): Promise<string>;
  remove(id: string): Promise<boolean>;
  removeAll(): Promise<number>;
  list(reader: Reader, page: Page): Promise<readonly DocumentRow[]>;
  /** Notes that these documents were found in that folder last. @param ids those that are not there are passed over. */
  claim(folder: string, ids: readonly string[]): Promise<void>;
  /** Documents that were found in that folder last, whoever may see them. */
  inFolder(folder: string, page: Page): Promise<readonly DocumentRow[]>;
  /** Moves documents; null: into no category. @param ids those that are not there are passed over. @returns how many had another one. */
  categorise(ids: readonly string[], category: string | null): Promise<number>;
  byPath(path: string): Promise<DocumentRow | null>;
  document(id: string, reader: Reader): Promise<DocumentRow | null>;
  chunks(id: string, reader: Reader): Promise<readonly Chunk[]>;
  text(id: string, reader: Reader): Promise<string | null>;
  original(id: string, reader: Reader): Promise<Uint8Array | null>;
  searchText(query: string, filter: SearchFilter): Promise<readonly Found[]>;
  searchVector(vector: Float32Array, filter: SearchFilter): Promise<readonly Found[]>;
  /** Of an engine that has a ranker, and was told to use it. */
  searchRanked?(search: RankedSearch, filter: SearchFilter): Promise<Ranked>;
  close(): Promise<void>;
}

export interface ConversationRow {
  readonly id: string;
  /** null: nobody was signed in; it is then found by its id alone. */
  readonly user: string | null;
  readonly title: string;
  readonly isPinned: boolean;
  readonly createdMs: number;
  readonly changedMs: number;
}

export interface TurnRow {
  readonly id: string;
  readonly conversation: string;
  /** A turn that was edited and sent again: what it takes the place of; null: nothing. */
  readonly replaces: string | null;
  readonly question: string;
  readonly answer: string;
  /** Events as they were streamed, JSON: sources, citations, steps, gateway, usage, check. */
  readonly details: string;
  readonly feedback: { readonly liked: boolean; readonly comment: string | null } | null;
  readonly createdMs: number;
}

/** Whoever has the link reads the turns that there were then. */
export interface Share {
  /** Cannot be guessed. */
  readonly link: string;
  readonly sharedMs: number;
}

export interface SharedConversation {
  readonly row: ConversationRow;
  /** Those up to `sharedMs`. */
  readonly turns: readonly TurnRow[];
  readonly sharedMs: number;
}

export interface ConversationQuery {
  readonly search: string | null;
  readonly limit: number;
  /** So many are passed over. Default 0. */
  readonly skip?: number;
}

export interface ConversationCounts {
  readonly conversations: number;
  /** Asked in them, edited ones among them. */
  readonly questions: number;
  /** Of these, with feedback. */
  readonly rated: number;
  /** Conversations that can be read by a link. */
  readonly shared: number;
}

export interface ConversationStore {
  create(row: ConversationRow): Promise<void>;
  /** Pinned ones first, then by when they were last asked in. */
  list(user: string | null, query: ConversationQuery): Promise<readonly ConversationRow[]>;
  /** What there is of this user. */
  counts(user: string | null): Promise<ConversationCounts>;
  read(
    id: string,
    user: string | null,
  ): Promise<{ readonly row: ConversationRow; readonly turns: readonly TurnRow[] } | null>;
  change(
    id: string,
    user: string | null,
    to: { readonly title?: string; readonly isPinned?: boolean },
  ): Promise<boolean>;
  addTurn(turn: TurnRow, user: string | null): Promise<boolean>;
  feedback(turn: string, user: string | null, feedback: TurnRow['feedback']): Promise<boolean>;
  /** A link that is there stays, and from now on reads the turns since then, too. @returns null: there is no such conversation. */
  share(id: string, user: string | null, fresh: Share): Promise<Share | null>;
  /** null: it is not shared, or not there. */
  sharing(id: string, user: string | null): Promise<Share | null>;
  /** @returns whether it was shared. */
  unshare(id: string, user: string | null): Promise<boolean>;
  /** By its link alone, whoever asks; null: there is no such link. */
  shared(link: string): Promise<SharedConversation | null>;
  /** Its link goes with it. */
  remove(id: string, user: string | null): Promise<boolean>;
  removeAll(user: string | null): Promise<number>;
  close(): Promise<void>;
}

/** Says what failed, where, and the way out; never a secret of the connection. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
