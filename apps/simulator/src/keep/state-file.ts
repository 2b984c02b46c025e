/** What the resources keep, in a SQLite file: written through, so that it is there after a restart, also after a kill. */
import { DatabaseSync } from 'node:sqlite';
import type { Keeper, Kept } from '@spillway/azure-model';

/** Of the tables below; a file of another one is refused, never migrated by guess. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE objects (
    resource TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    createdMs REAL NOT NULL,
    value TEXT NOT NULL,
    bytes BLOB,
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    UNIQUE (resource, kind, id)
  ) STRICT`;

export class StateFile {
  readonly #database: DatabaseSync;
  readonly #path: string;

  /** @throws Error that names the file, what is wrong with it and the way out. */
  constructor(path: string) {
    this.#path = path;
    this.#database = opened(path);
  }

  keeperOf(resource: string): Keeper {
    const database = this.#database;
    const path = this.#path;
    const put = database.prepare(
      `INSERT INTO objects (resource, kind, id, createdMs, value, bytes) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (resource, kind, id) DO UPDATE SET value = excluded.value, bytes = excluded.bytes`,
    );
    const remove = database.prepare('DELETE FROM objects WHERE resource = ? AND kind = ? AND id = ?');
    return {
      *load() {
        try {
          const rows = database.prepare('SELECT * FROM objects WHERE resource = ? ORDER BY place').iterate(resource);
          for (const row of rows) yield keptOf(row);
        } catch (error) {
          throw new Error(
            `stateFile: ${path} cannot be read (${reasonOf(error)}); name a new file, or a copy from before`,
          );
        }
      },
      put(kind: string, { id, createdMs, value, bytes }: Kept) {
        put.run(resource, kind, id, createdMs, JSON.stringify(value), bytes);
      },
      remove(kind: string, id: string) {
        remove.run(resource, kind, id);
      },
    };
  }

  close(): void {
    this.#database.close();
  }
}

function opened(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path);
    // Written on with each change, synced by the system: a crash of the machine may cost the last of them, one of the process none.
    // Exclusive, since each simulator numbers and remembers as if it were alone; the lock goes with the process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    const why = reasonOf(error);
    throw new Error(
      `stateFile: ${path} cannot be used (${why}); name a new file, or one that this simulator has written`,
    );
  }
}

/** SQLite's number for a file that somebody else has locked. */
const SQLITE_BUSY = 5;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const busy = 'errcode' in error && error.errcode === SQLITE_BUSY;
  return busy ? 'another simulator has it open' : error.message;
}

function prepare(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version === SCHEMA_VERSION) {
    // Says at once, and by name, that the table is not what its number promises.
    database.prepare('SELECT resource, kind, id, createdMs, value, bytes FROM objects');
    return;
  }
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_master').get()?.n);
  if (version !== 0 || tables > 0) throw new Error(`its layout is number ${version}, not ${SCHEMA_VERSION}`);
  database.exec(SCHEMA);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

type Row = Readonly<Record<string, unknown>>;

function keptOf({ kind, id, createdMs, value, bytes }: Row): Kept & { readonly kind: string } {
  if (typeof kind !== 'string' || typeof id !== 'string' || typeof value !== 'string') {
    throw new Error("it holds a row that is none of the simulator's");
  }
  return {
    kind,
    id,
    createdMs: Number(createdMs),
    value: JSON.parse(value),
    bytes: bytes instanceof Uint8Array ? bytes : null,
  };
}
