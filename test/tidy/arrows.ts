/** Who may import whom. The table is the design; a new arrow is a conversation first, then a line here. */
import { dirname, join } from 'node:path/posix';
import { importsOf, type Named } from './syntax.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

interface Rule {
  /** Workspace packages that may be imported. */
  readonly packages: readonly string[];
  /** Libraries that may be imported; Node's own modules are `node:`. */
  readonly libraries: readonly string[];
}

/** Packages, by folder below packages/. One that is not here may import nothing. */
const PACKAGES: Readonly<Record<string, Rule>> = {
  protocol: { packages: [], libraries: [] },
  clock: { packages: [], libraries: [] },
  tracing: { packages: ['clock'], libraries: ['node:', '@opentelemetry'] },
  policy: { packages: ['protocol'], libraries: [] },
  'azure-model': { packages: ['protocol'], libraries: [] },
  rag: { packages: ['protocol'], libraries: [] },
  drawing: { packages: [], libraries: [] },
  config: { packages: ['policy'], libraries: ['zod', 'yaml'] },
};

/** What tests within a package may import besides: they run on Node, and hold time by hand. */
const IN_TESTS: Rule = { packages: ['clock'], libraries: ['node:', 'fast-check', 'ajv'] };

/** Apps that may import other apps: the command line starts them all. */
const STARTERS = ['cli'];

export function arrows(tree: Tree): Verdict {
  const paths = pathsOf(tree, '{packages,apps}/*/**/*.{ts,mts,tsx,js,mjs,jsx}');
  const apps = new Set(pathsOf(tree, 'apps/*/package.json').map((path) => segment(path, 1)));
  const findings = paths.flatMap((path) =>
    importsOf(path, tree.get(path) ?? '').flatMap((imported) => {
      const problem = problemWith(path, imported, apps);
      return problem === null ? [] : [`${path}:${imported.line}: imports ${imported.name}: ${problem}`];
    }),
  );
  return verdict(paths.length, findings);
}

function problemWith(path: string, { name }: Named, apps: ReadonlySet<string>): string | null {
  const [kind, home] = [segment(path, 0), segment(path, 1)];
  if (name.startsWith('.')) {
    const target = join(dirname(path), name);
    return target.startsWith(`${kind}/${home}/`) ? null : 'a relative path stays within its package';
  }
  const workspace = /^@spillway\/([^/]+)(\/.*)?$/.exec(name);
  const folder = workspace?.[1] ?? (name === 'spillway' ? 'cli' : null);
  if (folder !== null && workspace?.[2] !== undefined)
    return 'a package is imported by its name alone, through its index.ts';
  if (kind === 'packages') return packageProblem(path, home, name, folder);
  if (folder === null || !apps.has(folder) || STARTERS.includes(home)) return null;
  return `an app never imports an app (only ${STARTERS.join(', ')} does)`;
}

/** @param folder of the workspace package that is imported; null for a library. */
function packageProblem(path: string, home: string, name: string, folder: string | null): string | null {
  const rule = PACKAGES[home] ?? { packages: [], libraries: [] };
  const rules = isTest(path) ? [rule, IN_TESTS] : [rule];
  if (folder !== null) {
    if (rules.some(({ packages }) => packages.includes(folder))) return null;
    return `packages/${home} may import of ours: ${rule.packages.join(', ') || 'nothing'}`;
  }
  if (rules.some(({ libraries }) => libraries.some((library) => covers(library, name)))) return null;
  return `packages/${home} may import of libraries: ${rule.libraries.join(', ') || 'none'}`;
}

function covers(library: string, name: string): boolean {
  return name === library || name.startsWith(library.endsWith(':') ? library : `${library}/`);
}

/** Tests, and what only tests import. */
function isTest(path: string): boolean {
  return /(\.test|\/testing)\.ts$|\/testing\//.test(path);
}

function segment(path: string, index: number): string {
  return path.split('/')[index] ?? '';
}
