/** Conversations in PostgreSQL. Whose they are is part of every condition: another user's is not there. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { atMost, guarded, PAGE_MAX } from '../checks.ts';
import { conversationOf, countOf, countsOf, type Row, shareOf, turnOf } from '../rows.ts';
import type {
  ConversationCounts,
  ConversationQuery,
  ConversationRow,
  ConversationStore,
  Share,
  SharedConversation,
  TurnRow,
} from '../store.ts';
import { folded } from '../turns.ts';

const WAY = 'can the database be reached, and may its user write?';

export class PostgresConversations implements ConversationStore {
  readonly #database: Kysely<unknown>;
  readonly #close: () => Promise<void>;

  constructor(database: Kysely<unknown>, close: () => Promise<void>) {
    this.#database = database;
    this.#close = close;
  }

  create({ id, user, title, isPinned, createdMs, changedMs }: ConversationRow): Promise<void> {
    return this.#told('create', async () => {
      await this.#changed(sql`INSERT INTO spillway_conversations
        VALUES (${id}, ${user}, ${title}, ${isPinned}, ${createdMs}, ${changedMs}, ${folded(title)})`);
    });
  }

  list(user: string | null, { search, limit, skip = 0 }: ConversationQuery): Promise<readonly ConversationRow[]> {
    return this.#told('list', async () => {
      // Without a name there is no list: each conversation is found by its id alone.
      if (user === null) return [];
      const rows =
        await this.#rows(sql<Row>`SELECT * FROM spillway_conversations c WHERE "user" = ${user} AND ${holding(search)}
        ORDER BY "isPinned" DESC, "changedMs" DESC, id LIMIT ${atMost(limit, PAGE_MAX)} OFFSET ${skip}`);
      return rows.map(conversationOf);
    });
  }

  counts(user: string | null): Promise<ConversationCounts> {
    return this.#told('counts', async () => {
      const own = sql`(SELECT id FROM spillway_conversations WHERE "user" = ${user})`;
      const [row = {}] =
        await this.#rows(sql<Row>`SELECT (SELECT count(*)::int FROM spillway_conversations WHERE "user" = ${user}) AS conversations,
        (SELECT count(*)::int FROM spillway_shares WHERE conversation IN ${own}) AS shared,
        count(*)::int AS questions, count(feedback)::int AS rated FROM spillway_turns WHERE conversation IN ${own}`);
      return countsOf(row);
    });
  }

  read(id: string, user: string | null): ReturnType<ConversationStore['read']> {
    return this.#told('read', async () => {
      const [row] = await this.#rows(sql<Row>`SELECT * FROM spillway_conversations WHERE ${owned(id, user)}`);
      if (row === undefined) return null;
      const turns = await this.#rows(sql<Row>`SELECT * FROM spillway_turns WHERE conversation = ${id} ORDER BY place`);
      return { row: conversationOf(row), turns: turns.map(turnOf) };
    });
  }

  change(
    id: string,
    user: string | null,
    { title, isPinned }: { readonly title?: string; readonly isPinned?: boolean },
  ): Promise<boolean> {
    return this.#told('change', async () => {
      const search = title === undefined ? null : folded(title);
      const count = await this.#changed(sql`UPDATE spillway_conversations SET title = coalesce(${title ?? null}, title),
        folded = coalesce(${search}, folded), "isPinned" = coalesce(${isPinned ?? null}::boolean, "isPinned") WHERE ${owned(id, user)}`);
      return count === 1;
    });
  }

  addTurn(turn: TurnRow, user: string | null): Promise<boolean> {
    const { id, conversation, replaces, question, answer, details, feedback, createdMs } = turn;
    return this.#told('addTurn', () =>
      this.#database.transaction().execute(async (work) => {
        const touch = sql`UPDATE spillway_conversations SET "changedMs" = greatest("changedMs", ${createdMs}) WHERE ${owned(conversation, user)}`;
        if (Number((await touch.execute(work)).numAffectedRows ?? 0) === 0) return false;
        await sql`INSERT INTO spillway_turns (id, conversation, replaces, question, answer, details, feedback, "createdMs", folded)
          VALUES (${id}, ${conversation}, ${replaces}, ${question}, ${answer}, ${details},
            ${feedback === null ? null : JSON.stringify(feedback)}, ${createdMs}, ${folded(`${question}\n${answer}`)})`.execute(
          work,
        );
        return true;
      }),
    );
  }

  feedback(turn: string, user: string | null, feedback: TurnRow['feedback']): Promise<boolean> {
    return this.#told('feedback', async () => {
      const told = feedback === null ? null : JSON.stringify(feedback);
      const count =
        await this.#changed(sql`UPDATE spillway_turns t SET feedback = ${told} WHERE t.id = ${turn} AND EXISTS
        (SELECT 1 FROM spillway_conversations c WHERE c.id = t.conversation AND c."user" IS NOT DISTINCT FROM ${user})`);
      return count === 1;
    });
  }

  share(id: string, user: string | null, { link, sharedMs }: Share): Promise<Share | null> {
    return this.#told('share', async () => {
      const [row] =
        await this.#rows(sql<Row>`INSERT INTO spillway_shares AS s SELECT id, ${link}, ${sharedMs} FROM spillway_conversations
        WHERE ${owned(id, user)} ON CONFLICT (conversation) DO UPDATE SET "sharedMs" = excluded."sharedMs"
        RETURNING s.link, s."sharedMs"`);
      return row === undefined ? null : shareOf(row);
    });
  }

  sharing(id: string, user: string | null): Promise<Share | null> {
    return this.#told('sharing', async () => {
      const [row] =
        await this.#rows(sql<Row>`SELECT s.link, s."sharedMs" FROM spillway_shares s JOIN spillway_conversations c
        ON c.id = s.conversation WHERE ${owned(id, user)}`);
      return row === undefined ? null : shareOf(row);
    });
  }

  unshare(id: string, user: string | null): Promise<boolean> {
    return this.#told('unshare', async () => {
      const count = await this.#changed(sql`DELETE FROM spillway_shares WHERE conversation IN
        (SELECT id FROM spillway_conversations WHERE ${owned(id, user)})`);
      return count === 1;
    });
  }

  shared(link: string): Promise<SharedConversation | null> {
    return this.#told('shared', async () => {
      const [row] = await this.#rows(sql<Row>`SELECT c.*, s."sharedMs" FROM spillway_shares s
        JOIN spillway_conversations c ON c.id = s.conversation WHERE s.link = ${link}`);
      if (row === undefined) return null;
      const [conversation, sharedMs] = [conversationOf(row), countOf(row, 'sharedMs')];
      const turns = await this.#rows(sql<Row>`SELECT * FROM spillway_turns
        WHERE conversation = ${conversation.id} AND "createdMs" <= ${sharedMs} ORDER BY place`);
      return { row: conversation, turns: turns.map(turnOf), sharedMs };
    });
  }

  remove(id: string, user: string | null): Promise<boolean> {
    return this.#told('remove', async () => {
      return (await this.#changed(sql`DELETE FROM spillway_conversations WHERE ${owned(id, user)}`)) === 1;
    });
  }

  removeAll(user: string | null): Promise<number> {
    return this.#told('removeAll', async () => {
      return user === null ? 0 : await this.#changed(sql`DELETE FROM spillway_conversations WHERE "user" = ${user}`);
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #rows(query: RawBuilder<Row>): Promise<readonly Row[]> {
    return (await query.execute(this.#database)).rows;
  }

  async #changed(query: RawBuilder<unknown>): Promise<number> {
    return Number((await query.execute(this.#database)).numAffectedRows ?? 0);
  }

  #told<T>(method: string, work: () => Promise<T>): Promise<T> {
    return guarded(`postgres: ${method} of conversations`, WAY, work);
  }
}

function owned(id: string, user: string | null): RawBuilder<unknown> {
  return sql`id = ${id} AND "user" IS NOT DISTINCT FROM ${user}`;
}

function holding(search: string | null): RawBuilder<unknown> {
  if (search === null) return sql`TRUE`;
  const text = folded(search);
  return sql`(strpos(c.folded, ${text}) > 0
    OR EXISTS (SELECT 1 FROM spillway_turns t WHERE t.conversation = c.id AND strpos(t.folded, ${text}) > 0))`;
}
