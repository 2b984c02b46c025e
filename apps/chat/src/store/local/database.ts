/** The SQLite file behind the local stores: opened by one process at a time, its layout brought up to date by numbered steps. */
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store.ts';

/** Marks the file as ours, so that another program's is never written to. "Spwc" as a number. */
const APPLICATION_ID = 0x53_70_77_63;
/** SQLite's number for a file that somebody else has locked. */
const SQLITE_BUSY = 5;

/**
 * `chunks.place` is the document's number times {@link PLACES} plus the chunk's index: a passage found in `words` tells its document without
 * a look at another table. Vectors have a table of their own, so that reading text does not read past them.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE documents (
     number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
     category TEXT, language TEXT, hash TEXT NOT NULL, mediaType TEXT NOT NULL, bytes INTEGER NOT NULL, pages INTEGER,
     chunks INTEGER NOT NULL, owner TEXT, users TEXT NOT NULL, groups TEXT NOT NULL, indexedMs REAL NOT NULL
   ) STRICT;
   CREATE TABLE contents (number INTEGER PRIMARY KEY, original BLOB NOT NULL, text TEXT NOT NULL) STRICT;
   CREATE TABLE chunks (
     place INTEGER PRIMARY KEY, text TEXT NOT NULL, headings TEXT NOT NULL, pageFrom INTEGER, pageTo INTEGER,
     start INTEGER NOT NULL, end INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE vectors (place INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
   CREATE TABLE embedded (one INTEGER PRIMARY KEY CHECK (one = 1), model TEXT NOT NULL, dimensions INTEGER NOT NULL) STRICT;
   CREATE VIRTUAL TABLE words USING fts5(title, headings, body, tokenize = 'porter unicode61 remove_diacritics 2');
   CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
   INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
   CREATE TABLE conversations (
     id TEXT PRIMARY KEY, user TEXT, title TEXT NOT NULL, isPinned INTEGER NOT NULL, createdMs REAL NOT NULL, changedMs REAL NOT NULL,
     folded TEXT NOT NULL
   ) STRICT;
   CREATE INDEX conversationsByUser ON conversations (user, changedMs);
   CREATE TABLE turns (
     place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, conversation TEXT NOT NULL, replaces TEXT, question TEXT NOT NULL,
     answer TEXT NOT NULL, details TEXT NOT NULL, feedback TEXT, createdMs REAL NOT NULL, folded TEXT NOT NULL
   ) STRICT;
   CREATE INDEX turnsByConversation ON turns (conversation);`,
  // Documents whose passages are being written, or are no more: nobody finds them, and what is left of them after a crash is swept.
  `CREATE TABLE unfinished (number INTEGER PRIMARY KEY) STRICT;
   ALTER TABLE documents ADD COLUMN folder TEXT;
   ALTER TABLE documents ADD COLUMN vectors INTEGER NOT NULL DEFAULT 0;
   UPDATE documents SET vectors = (SELECT count(*) FROM vectors WHERE place >= number * 1048576 AND place < (number + 1) * 1048576);
   CREATE INDEX documentsByFolder ON documents (folder, path);`,
  // No reference: deleting a conversation deletes its link by hand, as it does its turns.
  `CREATE TABLE shares (conversation TEXT PRIMARY KEY, link TEXT NOT NULL UNIQUE, sharedMs REAL NOT NULL) STRICT`,
];

/** Room for the chunks of one document in the numbers of places; above {@link CHUNKS_MAX}. */
export const PLACES = 1_048_576;

/** @param path `:memory:` for none. @throws StoreError that names the file, what is wrong with it and the way out. */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path);
    // Exclusive, since the vectors are remembered in this process; the lock goes with it. WAL with NORMAL: a kill of the process loses
    // nothing, a crash of the machine perhaps the last documents, whole. What is deleted is overwritten.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY');
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    throw new StoreError(
      `store: ${path} cannot be used (${reasonOf(error)}); name a new file, or one that this app has written`,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const busy = 'errcode' in error && error.errcode === SQLITE_BUSY;
  return busy ? 'another chat app has it open: end that one, or index through its page' : error.message;
}

function migrate(database: DatabaseSync): void {
  const version = numberOf(database, 'PRAGMA user_version');
  const isNew = version === 0 && numberOf(database, 'SELECT count(*) FROM sqlite_master') === 0;
  if (!isNew && numberOf(database, 'PRAGMA application_id') !== APPLICATION_ID)
    throw new Error('it belongs to another program');
  if (version > MIGRATIONS.length) {
    throw new Error(`its layout is number ${version}, of a newer version; this one knows ${MIGRATIONS.length}`);
  }
  for (const [at, step] of MIGRATIONS.entries()) {
    if (at < version) continue;
    const marks = `PRAGMA user_version = ${at + 1}; PRAGMA application_id = ${APPLICATION_ID}`;
    transact(database, () => database.exec(`${step}; ${marks}`));
  }
}

/** The first column of the only row. */
export function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}

/** All of the work, or none of it. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
