/** Nothing in the repository may name the machine it was written on: its folders, its package registry. */
import type { Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

const TRACES: ReadonlyArray<readonly [pattern: RegExp, what: string]> = [
  // An absolute path begins where no other path, host or word goes on.
  [/(?<![\w.:/*@-])\/(?:work|root|home|Users)\/[\w.-]/, "a path of somebody's machine"],
  [/(?<![\w.:/*@-])\/tmp\/bash/, "a path of somebody's machine"],
  [/\b[A-Z]:\\Users\\/, "a path of somebody's machine"],
  // `registry.properties.…` is a resource of a template, of that name.
  [/\bregistry\.(?!properties\b)[\w-]+(?:\.[\w-]+)+/i, 'the host of a package registry'],
  [/https?:\/\/[\w.:-]*(?:artifactory|nexus|verdaccio|jfrog|devpi|pypi)[\w.:-]*/i, 'the host of a package registry'],
];

export function traces(tree: Tree): Verdict {
  const findings = [...tree].flatMap(([path, text]) =>
    TRACES.flatMap(([pattern, what]) => {
      const match = pattern.exec(text);
      if (match === null) return [];
      const line = text.slice(0, match.index).split('\n').length;
      return [`${path}:${line}: ${match[0]} is ${what}; write what holds on every machine`];
    }),
  );
  return verdict(tree.size, findings);
}
