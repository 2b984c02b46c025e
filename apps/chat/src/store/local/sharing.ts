/** Links to conversations in SQLite: at most one to each. */
import type { DatabaseSync } from 'node:sqlite';
import { conversationOf, countOf, shareOf, turnOf } from '../rows.ts';
import type { Share, SharedConversation } from '../store.ts';

export function share(database: DatabaseSync, id: string, user: string | null, fresh: Share): Share | null {
  const sql = `INSERT INTO shares (conversation, link, sharedMs) SELECT id, ?, ? FROM conversations WHERE id = ? AND user IS ?
    ON CONFLICT (conversation) DO UPDATE SET sharedMs = excluded.sharedMs RETURNING link, sharedMs`;
  const row = database.prepare(sql).get(fresh.link, fresh.sharedMs, id, user);
  return row === undefined ? null : shareOf(row);
}

const OWNED = 'conversation IN (SELECT id FROM conversations WHERE id = ? AND user IS ?)';

export function sharing(database: DatabaseSync, id: string, user: string | null): Share | null {
  const row = database.prepare(`SELECT link, sharedMs FROM shares WHERE ${OWNED}`).get(id, user);
  return row === undefined ? null : shareOf(row);
}

export function unshare(database: DatabaseSync, id: string, user: string | null): boolean {
  return database.prepare(`DELETE FROM shares WHERE ${OWNED}`).run(id, user).changes === 1;
}

export function shared(database: DatabaseSync, link: string): SharedConversation | null {
  const sql = 'SELECT c.*, s.sharedMs FROM shares s JOIN conversations c ON c.id = s.conversation WHERE s.link = ?';
  const row = database.prepare(sql).get(link);
  if (row === undefined) return null;
  const sharedMs = countOf(row, 'sharedMs');
  const conversation = conversationOf(row);
  const turns = 'SELECT * FROM turns WHERE conversation = ? AND createdMs <= ? ORDER BY place';
  const rows = database.prepare(turns).all(conversation.id, sharedMs);
  return { row: conversation, turns: rows.map(turnOf), sharedMs };
}
