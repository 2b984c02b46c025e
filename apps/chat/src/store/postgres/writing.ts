/** Changes to the documents in PostgreSQL, each in one transaction. */
import { type Kysely, sql } from 'kysely';
import { checked, documentId, type Embedded, requireSame } from '../checks.ts';
import { countOf, type Place, type Row, textOf, textOrNull } from '../rows.ts';
import type { NewDocument } from '../store.ts';
import { indexable } from '../words.ts';
import { PUT_LOCK } from './schema.ts';

/** Rows in one statement. Their vectors are written as text, some 15 ms for so many, for which the process does nothing else. */
const ROWS_AT_ONCE = 50;

export async function embeddedOf(database: Kysely<unknown>): Promise<Embedded | null> {
  const row = (await sql<Row>`SELECT model, dimensions FROM spillway_embedded`.execute(database)).rows[0];
  return row === undefined ? null : { model: textOf(row, 'model'), dimensions: countOf(row, 'dimensions') };
}

export async function putDocument(
  database: Kysely<unknown>,
  document: NewDocument,
  embeddingModel: string | null,
): Promise<string> {
  const given = checked('postgres', document, embeddingModel);
  const id = documentId(document.path);
  await database.transaction().execute(async (work) => {
    await alone(work);
    const place = document.isAnew === true ? await placeOf(work, id) : null;
    await erase(work, id);
    const index = await embeddedOf(work);
    if (index !== null && given !== null) requireSame('postgres', index, given);
    if (index === null && given !== null) {
      await sql`INSERT INTO spillway_embedded VALUES (1, ${given.model}, ${given.dimensions})`.execute(work);
    }
    await insertDocument(work, id, document);
    if (place !== null) {
      const { folder, category } = place;
      await sql`UPDATE spillway_documents SET folder = ${folder}, category = ${category} WHERE id = ${id}`.execute(
        work,
      );
    }
    for (let from = 0; from < document.chunks.length; from += ROWS_AT_ONCE) {
      await insertChunks(work, id, document.title, document.chunks.slice(from, from + ROWS_AT_ONCE));
    }
  });
  return id;
}

async function placeOf(work: Kysely<unknown>, id: string): Promise<Place | null> {
  const { rows } = await sql<Row>`SELECT folder, category FROM spillway_documents WHERE id = ${id}`.execute(work);
  const [row] = rows;
  return row === undefined ? null : { folder: textOrNull(row, 'folder'), category: textOrNull(row, 'category') };
}

export function removeDocument(database: Kysely<unknown>, id: string): Promise<boolean> {
  return database.transaction().execute(async (work) => {
    await alone(work);
    return await erase(work, id);
  });
}

export function removeDocuments(database: Kysely<unknown>): Promise<number> {
  return database.transaction().execute(async (work) => {
    await alone(work);
    const { numAffectedRows } = await sql`DELETE FROM spillway_documents`.execute(work);
    await sql`DELETE FROM spillway_embedded`.execute(work);
    return Number(numAffectedRows ?? 0);
  });
}

/** As pgvector reads it. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

/** Changes follow one another, whichever process makes them: two must not agree on two models at once. */
async function alone(work: Kysely<unknown>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${sql.lit(PUT_LOCK)})`.execute(work);
}

async function erase(work: Kysely<unknown>, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`DELETE FROM spillway_documents WHERE id = ${id}`.execute(work);
  // An index without vectors is bound to no model.
  const unbound = sql`DELETE FROM spillway_embedded WHERE NOT EXISTS (SELECT 1 FROM spillway_chunks WHERE vector IS NOT NULL)`;
  await unbound.execute(work);
  return Number(numAffectedRows ?? 0) > 0;
}

async function insertDocument(work: Kysely<unknown>, id: string, document: NewDocument): Promise<void> {
  const { path, title, category, language, hash, mediaType, bytes, pages, chunks, owner, access, indexedMs } = document;
  await sql`INSERT INTO spillway_documents (id, path, title, category, language, hash, "mediaType", bytes, pages, chunks, owner, users, groups,
    "indexedMs", original, content) VALUES (${id}, ${path}, ${clean(title)}, ${category}, ${language}, ${hash}, ${mediaType}, ${bytes}, ${pages},
    ${chunks.length}, ${owner}, ${[...access.users]}::text[], ${[...access.groups]}::text[], ${indexedMs},
    ${Buffer.from(document.original)}, ${clean(document.text)})`.execute(work);
}

async function insertChunks(
  work: Kysely<unknown>,
  id: string,
  title: string,
  chunks: NewDocument['chunks'],
): Promise<void> {
  const rows = chunks.map(({ index, text, headings, pageFrom, pageTo, start, end, vector }) => {
    const [top, path, body] = [title, headings.join(' '), text].map((part) => indexable(clean(part)));
    const words = sql`setweight(to_tsvector('english', ${top}), 'A') || setweight(to_tsvector('english', ${path}), 'B')
      || to_tsvector('english', ${body})`;
    const numbers = vector === null ? null : vectorText(vector);
    return sql`(${id}, ${index}::int, ${clean(text)}, ${headings.map(clean)}::text[], ${pageFrom}::int, ${pageTo}::int, ${start}::int,
      ${end}::int, ${words}, ${`${top}\n${path}\n${body}`}, ${numbers}::vector)`;
  });
  await sql`INSERT INTO spillway_chunks (document, index, text, headings, "pageFrom", "pageTo", start, "end", words, indexed, vector)
    VALUES ${sql.join(rows)}`.execute(work);
}

/** PostgreSQL keeps no NUL in a text; another character in its place leaves all others where they were. */
function clean(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}
