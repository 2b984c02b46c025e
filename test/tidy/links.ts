/** Links from our Markdown to files of the repository must lead somewhere, down to the heading. Other sites are not asked. */
import { dirname, join, normalize } from 'node:path/posix';
import { anchorsOf, linksOf } from './markdown.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

export function links(tree: Tree): Verdict {
  const found = pathsOf(tree, '**/*.md').flatMap((path) =>
    linksOf(tree.get(path) ?? '')
      .filter(({ text }) => !/^[a-z][a-z\d+.-]*:/i.test(text))
      .map(({ text, line }) => ({ path, line, target: text })),
  );
  const findings = found.flatMap(({ path, line, target }) => {
    const problem = problemWith(tree, path, target);
    return problem === null ? [] : [`${path}:${line}: link to ${target}: ${problem}`];
  });
  return verdict(found.length, findings);
}

function problemWith(tree: Tree, from: string, target: string): string | null {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : pathOf(from, decodeURI(file));
  if (!exists(tree, path.replace(/\/$/, ''))) return 'there is no such file or folder';
  const text = tree.get(path);
  if (anchor === undefined || text === undefined || !path.endsWith('.md')) return null;
  return anchorsOf(text).has(anchor) ? null : `${path} has no heading for #${anchor}`;
}

/** A leading slash means the root of the repository. */
function pathOf(from: string, file: string): string {
  return normalize(file.startsWith('/') ? file.slice(1) : join(dirname(from), file));
}

function exists(tree: Tree, path: string): boolean {
  return path === '.' || tree.has(path) || [...tree.keys()].some((other) => other.startsWith(`${path}/`));
}
