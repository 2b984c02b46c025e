/** Line and column of each value of a YAML document. */
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Pair } from 'yaml';
import { formatPath, type Path, type Source, valueAt } from './place.ts';

export function yamlSource(of: {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly file: string;
  readonly data: unknown;
}): Source {
  return {
    file: of.file,
    place(path, what) {
      const { line, col } = of.lines.linePos(offsetOf(of.document, path, what));
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
    name: formatPath,
    written: (path) => valueAt(of.data, path),
  };
}

/** Follows a path as far as it goes; where the rest is missing, what surrounds it is the place. */
function offsetOf(document: Document, path: Path, what: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const holder: unknown = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(holder) ? holder.items.find((item) => keyText(item) === step) : undefined;
    if (pair === undefined && !(isSeq(holder) && typeof step === 'number' && step < holder.items.length)) break;
    const keyed = what === 'key' && index === path.length - 1;
    const next: unknown = pair === undefined && isSeq(holder) ? holder.items[Number(step)] : pair?.value;
    offset = (keyed ? null : startOf(next)) ?? startOf(pair?.key) ?? offset;
    node = next;
  }
  return offset;
}

export function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

export function startOf(node: unknown): number | null {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0] ?? null;
  return null;
}
