/**
 * A document that names a file or a symbol which is gone misleads for years. What ARCHITECTURE.md and CONTRIBUTING.md put into
 * backticks must exist: a path as file or folder, anything else literally in code or configuration.
 */
import { matchesGlob } from 'node:path/posix';
import { backtickedIn } from './markdown.ts';
import type { Tree } from './tree.ts';
import { type Exceptions, staleExceptions, type Verdict, verdict } from './verdict.ts';

const DOCUMENTS = ['ARCHITECTURE.md', 'CONTRIBUTING.md'];

/** Names of what must not exist, or exists elsewhere; each with its reason. */
const FOREIGN: Exceptions = {};

export function names(tree: Tree, foreign: Exceptions = FOREIGN): Verdict {
  const absent = DOCUMENTS.filter((path) => !tree.has(path)).map(
    (path) => `${path}: is missing; it is the map of the code`,
  );
  const parts = DOCUMENTS.flatMap((path) => backtickedIn(tree.get(path) ?? '').map((part) => ({ ...part, path })));
  const corpus = [...tree.keys()]
    .filter((path) => !path.endsWith('.md') && !path.startsWith('test/tidy/') && path !== 'package-lock.json')
    .map((path) => tree.get(path) ?? '')
    .join('\n');
  const unknown = parts.filter(({ text }) => !isKnown(tree, corpus, text));
  const findings = unknown
    .filter(({ text }) => !Object.hasOwn(foreign, text))
    .map(({ path, line, text }) => `${path}:${line}: \`${text}\` is neither a file nor found in the code`);
  const used = new Set(unknown.map(({ text }) => text));
  return verdict(parts.length, [...absent, ...findings, ...staleExceptions('FOREIGN', foreign, used)]);
}

function isKnown(tree: Tree, corpus: string, text: string): boolean {
  return isPath(tree, text) || isCommand(tree, text) || holdsWord(corpus, text.replace(/\(\)$/, ''));
}

/** A file or folder, named from the root or by its last parts; `*` stands for any name. */
function isPath(tree: Tree, text: string): boolean {
  const path = text.replace(/\/$/, '');
  if (/\s/.test(path) || path.startsWith('/')) return false;
  const paths = [...tree.keys()].flatMap((file) => prefixesOf(file));
  return paths.some((other) => other === path || other.endsWith(`/${path}`) || matchesGlob(other, `**/${path}`));
}

function prefixesOf(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** `npm run x` needs the script; `npx …` needs the files that it names. */
function isCommand(tree: Tree, text: string): boolean {
  if (text.startsWith('npx ')) return text.split(/\s+/).every((word) => !word.includes('/') || isPath(tree, word));
  const script = /^npm (?:run )?([\w:-]+)/.exec(text)?.[1];
  if (script === undefined) return false;
  const { scripts }: { scripts?: object } = JSON.parse(tree.get('package.json') ?? '{}');
  return script === 'ci' || script === 'install' || Object.hasOwn(scripts ?? {}, script);
}

/** As a whole word: `pick` is not known because of `picked`. */
function holdsWord(corpus: string, text: string): boolean {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`).test(corpus);
}
