/** Conversations in SQLite. Whose they are is part of every condition: another user's is not there. */
import type { DatabaseSync } from 'node:sqlite';
import { atMost, guarded, PAGE_MAX } from '../checks.ts';
import { conversationOf, countsOf, turnOf } from '../rows.ts';
import {
  type ConversationCounts,
  type ConversationQuery,
  type ConversationRow,
  type ConversationStore,
  type Share,
  type SharedConversation,
  StoreError,
  type TurnRow,
} from '../store.ts';
import { folded } from '../turns.ts';
import { transact } from './database.ts';
import { share, shared, sharing, unshare } from './sharing.ts';

const WAY = 'is the disk full, or the file damaged? Take a copy from before, or name a new file';

export class LocalConversations implements ConversationStore {
  readonly #database: DatabaseSync;
  readonly #close: () => void;
  #isClosed = false;

  constructor(database: DatabaseSync, close: () => void) {
    this.#database = database;
    this.#close = close;
  }

  create({ id, user, title, isPinned, createdMs, changedMs }: ConversationRow): Promise<void> {
    return this.#told('create', () => {
      const insert = this.#database.prepare('INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?)');
      insert.run(id, user, title, isPinned ? 1 : 0, createdMs, changedMs, folded(title));
    });
  }

  list(user: string | null, { search, limit, skip = 0 }: ConversationQuery): Promise<readonly ConversationRow[]> {
    return this.#told('list', () => {
      // Without a name there is no list: each conversation is found by its id alone.
      if (user === null) return [];
      const sql = `SELECT * FROM conversations WHERE user = :user AND (:search IS NULL OR instr(folded, :search) > 0
        OR EXISTS (SELECT 1 FROM turns WHERE conversation = conversations.id AND instr(folded, :search) > 0))
        ORDER BY isPinned DESC, changedMs DESC, id LIMIT :limit OFFSET :skip`;
      const rows = this.#database
        .prepare(sql)
        .all({ user, search: search === null ? null : folded(search), limit: atMost(limit, PAGE_MAX), skip });
      return rows.map(conversationOf);
    });
  }

  counts(user: string | null): Promise<ConversationCounts> {
    return this.#told('counts', () => {
      const sql = `SELECT (SELECT count(*) FROM conversations WHERE user = :user) AS conversations,
        (SELECT count(*) FROM shares JOIN conversations ON id = conversation WHERE user = :user) AS shared,
        count(*) AS questions, count(feedback) AS rated
        FROM turns WHERE conversation IN (SELECT id FROM conversations WHERE user = :user)`;
      return countsOf(this.#database.prepare(sql).get({ user }) ?? {});
    });
  }

  read(id: string, user: string | null): ReturnType<ConversationStore['read']> {
    return this.#told('read', () => {
      const row = this.#database.prepare('SELECT * FROM conversations WHERE id = ? AND user IS ?').get(id, user);
      if (row === undefined) return null;
      const turns = this.#database.prepare('SELECT * FROM turns WHERE conversation = ? ORDER BY place').all(id);
      return { row: conversationOf(row), turns: turns.map(turnOf) };
    });
  }

  change(
    id: string,
    user: string | null,
    { title, isPinned }: { readonly title?: string; readonly isPinned?: boolean },
  ): Promise<boolean> {
    return this.#told('change', () => {
      const sql = `UPDATE conversations SET title = coalesce(?, title), folded = coalesce(?, folded), isPinned = coalesce(?, isPinned) WHERE id = ? AND user IS ?`;
      const pinned = isPinned === undefined ? null : Number(isPinned);
      return (
        this.#database.prepare(sql).run(title ?? null, title === undefined ? null : folded(title), pinned, id, user)
          .changes === 1
      );
    });
  }

  addTurn(turn: TurnRow, user: string | null): Promise<boolean> {
    return this.#told('addTurn', () =>
      transact(this.#database, () => {
        const touch = this.#database.prepare(
          'UPDATE conversations SET changedMs = max(changedMs, ?) WHERE id = ? AND user IS ?',
        );
        if (touch.run(turn.createdMs, turn.conversation, user).changes === 0) return false;
        const sql = `INSERT INTO turns (id, conversation, replaces, question, answer, details, feedback, createdMs, folded)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
        const { id, conversation, replaces, question, answer, details, feedback, createdMs } = turn;
        const told = feedback === null ? null : JSON.stringify(feedback);
        this.#database
          .prepare(sql)
          .run(
            id,
            conversation,
            replaces,
            question,
            answer,
            details,
            told,
            createdMs,
            folded(`${question}\n${answer}`),
          );
        return true;
      }),
    );
  }

  feedback(turn: string, user: string | null, feedback: TurnRow['feedback']): Promise<boolean> {
    return this.#told('feedback', () => {
      const sql = `UPDATE turns SET feedback = ? WHERE id = ?
        AND EXISTS (SELECT 1 FROM conversations WHERE id = turns.conversation AND user IS ?)`;
      const told = feedback === null ? null : JSON.stringify(feedback);
      return this.#database.prepare(sql).run(told, turn, user).changes === 1;
    });
  }

  share(id: string, user: string | null, fresh: Share): Promise<Share | null> {
    return this.#told('share', () => share(this.#database, id, user, fresh));
  }

  sharing(id: string, user: string | null): Promise<Share | null> {
    return this.#told('sharing', () => sharing(this.#database, id, user));
  }

  unshare(id: string, user: string | null): Promise<boolean> {
    return this.#told('unshare', () => unshare(this.#database, id, user));
  }

  shared(link: string): Promise<SharedConversation | null> {
    return this.#told('shared', () => shared(this.#database, link));
  }

  remove(id: string, user: string | null): Promise<boolean> {
    return this.#told('remove', () => this.#removeWhere('id = ? AND user IS ?', [id, user]) === 1);
  }

  removeAll(user: string | null): Promise<number> {
    return this.#told('removeAll', () => (user === null ? 0 : this.#removeWhere('user = ?', [user])));
  }

  /** A second time is harmless. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#close();
  }

  #removeWhere(condition: string, values: readonly (string | null)[]): number {
    const count = transact(this.#database, () => {
      for (const table of ['turns', 'shares']) {
        const of = `DELETE FROM ${table} WHERE conversation IN (SELECT id FROM conversations WHERE ${condition})`;
        this.#database.prepare(of).run(...values);
      }
      return Number(this.#database.prepare(`DELETE FROM conversations WHERE ${condition}`).run(...values).changes);
    });
    // The log would otherwise still hold what was deleted.
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return count;
  }

  #told<T>(method: string, work: () => T): Promise<T> {
    return guarded(`conversations: ${method}`, WAY, () => {
      if (this.#isClosed) throw new StoreError(`conversations: ${method} on a closed store; open it again`);
      return work();
    });
  }
}
