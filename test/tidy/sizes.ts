/** Sizes that may not creep: a reader should see the whole thought. Typical files have a hundred lines, functions ten. */
import { child, lineAt, nameOf, type Place, parse, walk } from './syntax.ts';
import { pathsOf, type Tree } from './tree.ts';
import { type Exceptions, staleExceptions, type Verdict, verdict } from './verdict.ts';

export const FILE_LINES_MAX = 400;
/** Tests are tables, which may be longer. */
export const TEST_FILE_LINES_MAX = 600;
export const FUNCTION_LINES_MAX = 70;

/** Files that may be longer, each with its reason. */
const LONG_FILES: Exceptions = {};

/** Functions that may be longer, as `path: name`, each with its reason. */
const LONG_FUNCTIONS: Exceptions = {};

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** For tests only the file counts. */
export function sizes(
  tree: Tree,
  longFiles: Exceptions = LONG_FILES,
  longFunctions: Exceptions = LONG_FUNCTIONS,
): Verdict {
  const files = pathsOf(tree, '{packages,apps}/*/src/**/*.{ts,tsx}', '{scripts,bench,test}/**/*.ts');
  const sources = files.filter((path) => !path.endsWith('.test.ts'));
  const long = [
    ...files.flatMap((path) => longFile(path, tree.get(path) ?? '')),
    ...sources.flatMap((path) => longFunctionsIn(path, tree.get(path) ?? '')),
  ];
  const allowed = { ...longFiles, ...longFunctions };
  const used = new Set(long.map(({ key }) => key));
  const findings = long.filter(({ key }) => !Object.hasOwn(allowed, key)).map(({ finding }) => finding);
  return verdict(files.length, [...findings, ...staleExceptions('sizes', allowed, used)]);
}

interface Long {
  readonly key: string;
  readonly finding: string;
}

function longFile(path: string, text: string): Long[] {
  const lines = text.split('\n').length - 1;
  const linesMax = path.endsWith('.test.ts') ? TEST_FILE_LINES_MAX : FILE_LINES_MAX;
  if (lines <= linesMax) return [];
  return [{ key: path, finding: `${path}: ${lines} lines, above ${linesMax}; is there a second noun in it?` }];
}

function longFunctionsIn(path: string, text: string): Long[] {
  return [...walk(parse(path, text))]
    .filter(({ node }) => FUNCTIONS.has(node.type))
    .flatMap((place) => {
      const start = lineAt(text, place.node.start);
      const lines = lineAt(text, place.node.end) - start + 1;
      const name = functionName(place);
      if (lines <= FUNCTION_LINES_MAX) return [];
      const finding = `${path}:${start}: ${name} has ${lines} lines, above ${FUNCTION_LINES_MAX}; name its parts`;
      return [{ key: `${path}: ${name}`, finding }];
    });
}

/** Its own name, or that of the variable, property or method which holds it. */
function functionName({ node, parent }: Place): string {
  const own = nameOf(child(node, 'id'));
  const holder = parent === null ? null : (nameOf(child(parent, 'key')) ?? nameOf(child(parent, 'id')));
  return own ?? holder ?? 'a function';
}
