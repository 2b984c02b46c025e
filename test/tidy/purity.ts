/**
 * Pure packages take time and chance as arguments and do no I/O. Their tsconfig has no types for Node and the DOM; this check holds
 * also where a type or a comment talked the compiler out of it, and for what the language itself brings along (Date, Math.random).
 */
import { namesUsed } from './syntax.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

const PURE = '{protocol,policy,azure-model,config,rag,drawing}';

const FORBIDDEN: Readonly<Record<string, string>> = {
  Date: 'take nowMs as an argument',
  performance: 'take nowMs as an argument',
  'Math.random': 'take unit: () => number as an argument',
  crypto: 'take unit: () => number as an argument',
  setTimeout: 'whoever waits is in apps/',
  setInterval: 'whoever waits is in apps/',
  setImmediate: 'whoever waits is in apps/',
  queueMicrotask: 'whoever waits is in apps/',
  process: 'take the value as an argument',
  fetch: 'whoever sends is in apps/',
  console: 'return a value; whoever prints is in apps/',
  globalThis: 'name what is needed as an argument',
};

export function purity(tree: Tree): Verdict {
  const paths = pathsOf(tree, `packages/${PURE}/src/**/*.ts`).filter((path) => !path.endsWith('.test.ts'));
  const findings = paths.flatMap((path) =>
    namesUsed(path, tree.get(path) ?? '').flatMap(({ name, line }) => {
      const remedy = Object.hasOwn(FORBIDDEN, name) ? FORBIDDEN[name] : undefined;
      return remedy === undefined ? [] : [`${path}:${line}: ${name} in a pure package; ${remedy}`];
    }),
  );
  return verdict(paths.length, findings);
}
