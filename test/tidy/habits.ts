/** Habits of tests: beside the code, never alone (`.only`), never skipped without a reason, never asleep. */
import { child, importsOf, lineAt, literal, type Node, nameOf, parse, walk } from './syntax.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Exceptions, staleExceptions, type Verdict, verdict } from './verdict.ts';

/** Files under test that may wait for a real timer, each with its reason. */
const SLEEPERS: Exceptions = {};

/** Tests that stand beside no file of their name, each with its reason. */
const ALONE: Exceptions = {
  'apps/simulator/src/sdk.test.ts': 'the official SDK against the whole simulator',
  'packages/config/src/golden.test.ts': 'the whole package against golden/: one file in, one file out',
};

/** What waits for time to pass, by how it is called. */
const WAITS = /^(?:globalThis\.|timers\.)?(?:setTimeout|setInterval)$|^Atomics\.wait(?:Async)?$|^scheduler\.wait$/;
const WAITING_MODULE = /^(?:node:)?timers(?:\/promises)?$/;

export function habits(tree: Tree, sleepers: Exceptions = SLEEPERS, alone: Exceptions = ALONE): Verdict {
  const tests = pathsOf(tree, '**/*.test.ts');
  const helpers = pathsOf(tree, 'test/**/*.ts', '{packages,apps}/*/src/**/testing/**/*.ts', '**/testing.ts');
  const used = new Set<string>();
  const findings = [...new Set([...tests, ...helpers])].sort().flatMap((path) => {
    const text = tree.get(path) ?? '';
    return [...excused(path, waitsIn(path, text), sleepers, used), ...markersIn(path, text)];
  });
  const strays = tests.flatMap((path) => excused(path, strayIn(tree, path), alone, used));
  const stale = [...staleExceptions('SLEEPERS', sleepers, used), ...staleExceptions('ALONE', alone, used)];
  return verdict(tests.length, [...findings, ...strays, ...stale]);
}

function excused(
  path: string,
  findings: readonly string[],
  exceptions: Exceptions,
  used: Set<string>,
): readonly string[] {
  if (findings.length === 0 || !Object.hasOwn(exceptions, path)) return findings;
  used.add(path);
  return [];
}

function waitsIn(path: string, text: string): string[] {
  const modules = importsOf(path, text).filter(({ name, names }) => WAITING_MODULE.test(name) && !areTurns(names));
  const calls = callsIn(path, text).filter(({ name }) => WAITS.test(name));
  return [...modules, ...calls].map(
    ({ name, line }) => `${path}:${line}: ${name} in a test; hold a FakeClock, or wait for the event itself`,
  );
}

/** A turn of the event loop is no span of time. */
function areTurns(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => name === 'setImmediate');
}

function markersIn(path: string, text: string): string[] {
  return callsIn(path, text)
    .filter(({ name }) => /^(test|it|describe|suite|t)(\.|$)/.test(name))
    .flatMap(({ name, line, call }) => {
      const place = `${path}:${line}: `;
      if (name.endsWith('.only') || option(call, 'only') !== null)
        return [`${place}only leaves all other tests out; take it away`];
      const skip = option(call, 'skip');
      const bare = /^(test|it|describe|suite)\.(skip|todo)$/.test(name) || (skip !== null && skip.value === true);
      const silent = name === 't.skip' && Array.isArray(call.arguments) && call.arguments.length === 0;
      return bare || silent ? [`${place}skipped without a reason; write { skip: 'why' }`] : [];
    });
}

interface Call {
  readonly name: string;
  readonly line: number;
  readonly call: Node;
}

function callsIn(path: string, text: string): Call[] {
  return [...walk(parse(path, text))].flatMap(({ node }) => {
    const name = node.type === 'CallExpression' ? nameOf(child(node, 'callee')) : null;
    return name === null ? [] : [{ name, line: lineAt(text, node.start), call: node }];
  });
}

/** The value given for an option in the call's own object of options, or null. */
function option(call: Node, key: string): Node | null {
  for (const { node, parent } of walk(call)) {
    if (node.type !== 'Property' || parent === null || !isArgument(call, parent)) continue;
    const name = child(node, 'key');
    if (nameOf(name) === key || literal(name) === key) return child(node, 'value');
  }
  return null;
}

function isArgument(call: Node, node: Node): boolean {
  return Array.isArray(call.arguments) && call.arguments.includes(node);
}

/** `pick.test.ts` and `pick.retry.test.ts` stand beside `pick.ts`. Below test/ stand tests of the whole. */
function strayIn(tree: Tree, path: string): string[] {
  if (path.startsWith('test/') && !path.startsWith('test/tidy/')) return [];
  const stem = path.replace(/\.test\.ts$/, '');
  const base = stem.replace(/\.[^./]*$/, '');
  const beside = [stem, base].some((name) => ['.ts', '.tsx', '.mjs'].some((ending) => tree.has(name + ending)));
  return beside ? [] : [`${path}: there is no ${stem}.ts beside it; a test is named for the file that it tests`];
}
