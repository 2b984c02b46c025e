/**
 * Questions with known answers from documentation that comes with dependencies; nothing of it is kept here. Where a heading is taken
 * out of its section, or a title out of its page, it is a question that the rest must answer (chat-app.md §7.2 and §9 B).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { GivenFile } from './fill.ts';
import type { Question } from './question.ts';

export const COLLECTIONS = ['markdownlint', 'fastify'] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

export interface Collection {
  readonly files: readonly GivenFile[];
  readonly questions: readonly Question[];
}

/** Least `hit5` by words alone in the local store, as the study measured it. */
export const COLLECTION_FLOORS: Readonly<Record<CollectionName, number>> = { markdownlint: 0.98, fastify: 0.68 };

/** null: the package is not installed. */
export function collectionOf(name: CollectionName): Collection | null {
  const root = rootOf(name);
  if (root === null) return null;
  return name === 'markdownlint' ? pagesByTitle(join(root, 'doc')) : sectionsByHeading(join(root, 'docs'));
}

function rootOf(name: CollectionName): string | null {
  try {
    const file = findPackageJSON(name, import.meta.url);
    return file === undefined ? null : dirname(file);
  } catch {
    return null;
  }
}

/** A rule's page without its title: the title is asked for. */
function pagesByTitle(folder: string): Collection {
  const pages = markdownIn(folder).flatMap(({ path, markdown }) => {
    const title = /^# `MD\d{3}` - (.+)\n/.exec(markdown);
    return title === null ? [] : [{ path, query: plain(title[1] ?? ''), text: markdown.slice(title[0].length) }];
  });
  return { files: pages.map(fileOf), questions: pages.map(questionOf) };
}

/** Shorter sections say nothing that could be found. UTF-16 units. */
const SECTION_CHARS_MIN = 200;
/** Shorter headings ("Usage", "Type Providers") fit many sections. */
const HEADING_WORDS_MIN = 3;

/** Each section without its own heading is a document; those are asked for whose heading is there once. */
function sectionsByHeading(folder: string): Collection {
  const sections = markdownIn(folder).flatMap(sectionsOf);
  const counts = new Map<string, number>();
  for (const { query } of sections) counts.set(query.toLowerCase(), (counts.get(query.toLowerCase()) ?? 0) + 1);
  const asked = sections.filter(
    ({ query }) => counts.get(query.toLowerCase()) === 1 && query.split(/\s+/).length >= HEADING_WORDS_MIN,
  );
  return { files: sections.map(fileOf), questions: asked.map(questionOf) };
}

interface Piece {
  readonly path: string;
  readonly query: string;
  readonly text: string;
}

interface Page {
  readonly path: string;
  readonly markdown: string;
}

function sectionsOf({ path, markdown }: Page): readonly Piece[] {
  const sections: Array<{ readonly query: string; readonly lines: string[] }> = [];
  let isCode = false;
  for (const line of markdown.split('\n')) {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) isCode = !isCode;
    const heading = isCode ? null : /^#{2,4}\s+(.+?)\s*#*$/.exec(line);
    if (heading !== null) sections.push({ query: plain(heading[1] ?? ''), lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.flatMap(({ query, lines }, at) => {
    const text = lines.join('\n');
    return text.trim().length < SECTION_CHARS_MIN
      ? []
      : [{ path: `${path.replace(/\.md$/, '')}/${at + 1}.md`, query, text }];
  });
}

function fileOf({ path, text }: Piece): GivenFile {
  return { path, bytes: Buffer.from(text) };
}

function questionOf({ path, query, text }: Piece): Question {
  const passage = text.trim().split(/\n\s*\n/)[0] ?? '';
  const gold = [{ file: path, page: null, passage }];
  const rest = { language: 'en', history: [], numbers: [], mustNot: [], groups: null };
  return { id: path, kind: 'plain', question: query, gold, ...rest };
}

/** A heading as it is read: without code marks, links and anchors. */
function plain(heading: string): string {
  return heading
    .replace(/<[^>]*>/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*_]/g, '')
    .trim();
}

function markdownIn(folder: string): readonly Page[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => ({ path, markdown: readFileSync(join(folder, path), 'utf8') }));
}
