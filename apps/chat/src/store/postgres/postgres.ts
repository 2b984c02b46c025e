/** The stores in PostgreSQL, for several replicas or more documents than one machine should hold. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { guarded } from '../checks.ts';
import type { ConversationStore, DocumentStore } from '../store.ts';
import { PostgresConversations } from './conversations.ts';
import { PostgresDocuments } from './documents.ts';
import { migrate, textRanking } from './schema.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host/database?sslmode=verify-full`; never told in an error. */
  readonly url: string;
  /** Connections at once; more questions wait for one of them. */
  readonly connectionsMax?: number;
  /** What an operator should know: that words are ranked less well than they could be. */
  readonly warn: (message: string) => void;
}

const CONNECTIONS_MAX = 10;
/** For a connection, a free place in the pool included. */
const CONNECT_MS_MAX = 10_000;
/** For one statement; indexing a large document is many of them. */
const STATEMENT_MS_MAX = 60_000;

export interface PostgresStores {
  readonly documents: DocumentStore;
  readonly conversations: ConversationStore;
}

/** Both share the connections, which are ended with the second of them. @throws StoreError if it cannot be reached, or lacks pgvector. */
export async function openPostgres(options: PostgresOptions): Promise<PostgresStores> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: STATEMENT_MS_MAX,
  });
  // Of a connection that nobody is using: the next one to need it gets another.
  pool.on('error', () => {});
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const ranking = await guarded(
    'postgres: opening',
    'see the connection string and the rights of its user',
    async () => {
      await migrate(database);
      return await textRanking(database);
    },
  ).catch(async (error: unknown) => {
    await database.destroy();
    throw error;
  });
  if (ranking === 'ts_rank') {
    options.warn(
      'postgres: without the extension pg_textsearch words are ranked less well (hit@5 0.75 for 0.86); install it if you can',
    );
  }
  const open = new Set(['documents', 'conversations']);
  const closing = (which: string) => async () => {
    if (open.delete(which) && open.size === 0) await database.destroy();
  };
  return {
    documents: new PostgresDocuments(database, ranking, closing('documents')),
    conversations: new PostgresConversations(database, closing('conversations')),
  };
}
