/** `.ci/run` installs what the tests look for, and finds in README.md the command that people are told to type. */
import type { Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

const BEGIN = '<!-- .ci/run: begin -->';
const END = '<!-- .ci/run: end -->';

/** @param debianPackages that tests need, as in test/tool.ts. */
export function ci(tree: Tree, debianPackages: readonly string[]): Verdict {
  const script = tree.get('.ci/run');
  if (script === undefined) return verdict(0, ['.ci/run: is missing']);
  const installed = /^packages=\((.*)\)$/m.exec(script)?.[1]?.split(/\s+/) ?? [];
  const missing = debianPackages.filter((name) => !installed.includes(name));
  const superfluous = installed.filter((name) => !debianPackages.includes(name));
  return verdict(installed.length, [
    ...missing.map((name) => `.ci/run: does not install ${name}, which test/tool.ts looks for`),
    ...superfluous.map((name) => `.ci/run: installs ${name}, which test/tool.ts does not know`),
    ...[BEGIN, END]
      .filter((marker) => !script.includes(marker))
      .map((marker) => `.ci/run: does not look for ${marker}`),
    ...readmeProblems(tree.get('README.md')),
  ]);
}

function readmeProblems(readme: string | undefined): string[] {
  const blocks = (readme ?? '').split(`${BEGIN}\n`).slice(1);
  const command = blocks[0]
    ?.split(`\n${END}`)[0]
    ?.replace(/^```.*$/gm, '')
    .trim();
  if (blocks.length === 1 && /\bnpm test\b/.test(command ?? '')) return [];
  return [`README.md: needs the test command once, in a fenced block between ${BEGIN} and ${END}; .ci/run runs it`];
}
