/** Architecture decision records: one page each, of one form, numbered, and all in the index. */
import { basename } from 'node:path/posix';
import { linksOf } from './markdown.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

const FOLDER = 'docs/adr';
const SECTIONS = ['Context', 'Decision', 'Consequences', 'How to reverse'];

/** A page has about this many lines; a record that needs more is two decisions. */
const PAGE_LINES_MAX = 60;

export function records(tree: Tree): Verdict {
  const index = `${FOLDER}/README.md`;
  const paths = pathsOf(tree, `${FOLDER}/*.md`).filter((path) => path !== index);
  const linked = linksOf(tree.get(index) ?? '').map(({ text }) => text);
  const findings = paths.flatMap((path) => [
    ...problemsWith(path, tree.get(path) ?? ''),
    ...(linked.includes(basename(path)) ? [] : [`${index}: does not link to ${basename(path)}`]),
  ]);
  return verdict(paths.length, findings);
}

function problemsWith(path: string, text: string): string[] {
  const number = /^(\d{4})-[a-z\d-]+\.md$/.exec(basename(path))?.[1];
  if (number === undefined) return [`${path}: is not named NNNN-words-in-lower-case.md`];
  const [title = ''] = text.split('\n');
  const sections = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  return [
    ...(title.startsWith(`# ${Number(number)}. `) ? [] : [`${path}: its title is not "# ${Number(number)}. …"`]),
    ...(sections.join() === SECTIONS.join() ? [] : [`${path}: its sections are not ${SECTIONS.join(', ')}`]),
    ...(text.split('\n').length <= PAGE_LINES_MAX ? [] : [`${path}: is longer than a page of ${PAGE_LINES_MAX} lines`]),
  ];
}
