/** The tables in PostgreSQL, brought up to date by numbered steps; several processes may start at once. */
import { type Kysely, sql } from 'kysely';
import { StoreError } from '../store.ts';

/** Of transaction locks: "one process migrates at a time", "one document is put at a time". Any numbers that nobody else uses. */
const MIGRATION_LOCK = 1_399_877_731;
export const PUT_LOCK = 1_399_877_732;

/** Words are kept twice: as PostgreSQL's own vector, and as text for the BM25 index of pg_textsearch, where that is installed. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE spillway_documents (
       id text PRIMARY KEY, path text COLLATE "C" NOT NULL UNIQUE, title text NOT NULL, category text, language text, hash text NOT NULL,
       "mediaType" text NOT NULL, bytes double precision NOT NULL, pages integer, chunks integer NOT NULL, owner text,
       users text[] NOT NULL, groups text[] NOT NULL, "indexedMs" double precision NOT NULL, original bytea NOT NULL, content text NOT NULL
     )`,
    `CREATE TABLE spillway_chunks (
       document text NOT NULL REFERENCES spillway_documents ON DELETE CASCADE, index integer NOT NULL, text text NOT NULL,
       headings text[] NOT NULL, "pageFrom" integer, "pageTo" integer, start integer NOT NULL, "end" integer NOT NULL,
       words tsvector NOT NULL, indexed text NOT NULL, vector vector, PRIMARY KEY (document, index)
     )`,
    // Numbers do not compress; so stored, they are read without being unpacked.
    'ALTER TABLE spillway_chunks ALTER COLUMN vector SET STORAGE EXTERNAL',
    'CREATE INDEX spillway_chunks_words ON spillway_chunks USING gin (words)',
    'CREATE TABLE spillway_embedded (one integer PRIMARY KEY CHECK (one = 1), model text NOT NULL, dimensions integer NOT NULL)',
    `CREATE TABLE spillway_conversations (
       id text PRIMARY KEY, "user" text, title text NOT NULL, "isPinned" boolean NOT NULL, "createdMs" double precision NOT NULL,
       "changedMs" double precision NOT NULL, folded text NOT NULL
     )`,
    'CREATE INDEX spillway_conversations_user ON spillway_conversations ("user", "changedMs")',
    `CREATE TABLE spillway_turns (
       place bigserial PRIMARY KEY, id text NOT NULL UNIQUE, conversation text NOT NULL REFERENCES spillway_conversations ON DELETE CASCADE,
       replaces text, question text NOT NULL, answer text NOT NULL, details text NOT NULL, feedback text,
       "createdMs" double precision NOT NULL, folded text NOT NULL
     )`,
    'CREATE INDEX spillway_turns_conversation ON spillway_turns (conversation)',
  ],
  [
    'ALTER TABLE spillway_documents ADD COLUMN folder text',
    'CREATE INDEX spillway_documents_folder ON spillway_documents (folder, path)',
  ],
  [
    `CREATE TABLE spillway_shares (
       conversation text PRIMARY KEY REFERENCES spillway_conversations ON DELETE CASCADE, link text NOT NULL UNIQUE,
       "sharedMs" double precision NOT NULL
     )`,
  ],
];

/** @throws StoreError if pgvector is missing, or the tables are of a newer version. */
export async function migrate(database: Kysely<unknown>): Promise<void> {
  await database.transaction().execute(async (work) => {
    await sql`SELECT pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(work);
    await requireVectors(work);
    await sql`CREATE TABLE IF NOT EXISTS spillway_layout (version integer NOT NULL)`.execute(work);
    const { rows } = await sql<{ version: number }>`SELECT version FROM spillway_layout`.execute(work);
    const version = rows[0]?.version ?? 0;
    if (version > MIGRATIONS.length) {
      throw new StoreError(
        `postgres: the tables have layout ${version}, of a newer version; this one knows ${MIGRATIONS.length}: update it, or name another database`,
      );
    }
    for (const statement of MIGRATIONS.slice(version).flat()) await sql.raw(statement).execute(work);
    await sql`DELETE FROM spillway_layout`.execute(work);
    await sql`INSERT INTO spillway_layout VALUES (${MIGRATIONS.length})`.execute(work);
  });
}

async function requireVectors(work: Kysely<unknown>): Promise<void> {
  if (await hasExtension(work, 'vector')) return;
  throw new StoreError(
    'postgres: the extension vector (pgvector) is not installed on the server; install it, or allow it (azure.extensions on Azure)',
  );
}

/** Whether it is there, or could be made to be. */
async function hasExtension(work: Kysely<unknown>, name: 'vector' | 'pg_textsearch'): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM pg_available_extensions WHERE name = ${name}`.execute(work);
  if (rows.length === 0) return false;
  await sql`CREATE EXTENSION IF NOT EXISTS ${sql.id(name)}`.execute(work);
  return true;
}

export type TextRanking = 'bm25' | 'ts_rank';

/** The best that the server has. The index is made when the extension is first seen. */
export async function textRanking(database: Kysely<unknown>): Promise<TextRanking> {
  try {
    return await database.transaction().execute(async (work) => {
      await sql`SELECT pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(work);
      if (!(await hasExtension(work, 'pg_textsearch'))) return 'ts_rank';
      await sql`CREATE INDEX IF NOT EXISTS spillway_chunks_bm25 ON spillway_chunks USING bm25 (indexed) WITH (text_config = 'english')`.execute(
        work,
      );
      return 'bm25';
    });
  } catch {
    // Installed, but not loaded or not allowed: what PostgreSQL itself has will do, with a warning.
    return 'ts_rank';
  }
}
