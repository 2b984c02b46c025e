/** What the YAML parser stumbled over, in our words: the parser's own quote the text, which may hold a secret. */
import { type Document, isMap, isSeq, type LineCounter, type YAMLError } from 'yaml';
import type { Findings, Problem } from './findings.ts';
import type { Path } from './place.ts';
import { TOO_DEEP } from './shape.ts';
import { keyText, startOf } from './yaml-source.ts';

/** One slip makes a parser stumble many times; the rest is noise. */
export const SYNTAX_ERRORS_MAX = 10;

/** By the parser's code. What is not here reads as {@link OTHER_SYNTAX}. */
const SYNTAX: Readonly<Record<string, Problem>> = {
  TAB_AS_INDENT: { rule: 'a tab is used to indent', remedy: 'indent with blanks' },
  MISSING_CHAR: {
    rule: 'a quote, bracket, comma or blank is missing',
    remedy: 'close what was opened on this line or before',
  },
  BAD_INDENT: { rule: 'the indentation does not fit', remedy: 'line it up with its neighbours, and close brackets' },
  BAD_SCALAR_START: { rule: 'a value cannot begin with this character', remedy: 'put the value in quotes' },
  BAD_DQ_ESCAPE: { rule: 'a backslash in double quotes begins no known escape', remedy: 'use single quotes' },
  BLOCK_AS_IMPLICIT_KEY: {
    rule: 'a second ": " stands on the line',
    remedy: 'put the value in quotes, or begin a new line',
  },
  MULTILINE_IMPLICIT_KEY: { rule: 'a key runs over several lines', remedy: 'check for a missing ":" or quote above' },
  MULTIPLE_DOCS: { rule: 'a second document begins', remedy: 'remove the line "---"' },
  TAG_RESOLVE_FAILED: { rule: 'a tag ("!") is used', remedy: 'remove it, or put the value in quotes' },
  NON_STRING_KEY: { rule: 'a key is not plain text', remedy: 'write the key as a word' },
  BAD_DIRECTIVE: { rule: 'a directive ("%") is used', remedy: 'remove the line' },
};
const OTHER_SYNTAX: Problem = {
  rule: 'is not YAML here',
  remedy: 'check blanks after ":" and "-", quotes and brackets',
};

/** Whether the data must not be used, or even be looked at. */
export function hasFatalSyntax(document: Document): boolean {
  return document.errors.length > 0 || document.warnings.length > 0;
}

export function reportSyntax(document: Document, lines: LineCounter, findings: Findings): void {
  const problems: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (problems.some((problem) => problem.code === 'RESOURCE_EXHAUSTION')) {
    findings.add([], { ...TOO_DEEP, showValue: false });
    return;
  }
  const seenLines = new Set<number>();
  for (const problem of problems.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const { line, col } = lines.linePos(problem.pos[0]);
    if (seenLines.has(line) || seenLines.size === SYNTAX_ERRORS_MAX) continue;
    seenLines.add(line);
    findings.addAt({ line, column: col, path: [] }, SYNTAX[problem.code] ?? OTHER_SYNTAX);
  }
}

const TWICE: Problem = { rule: 'is given twice', remedy: 'remove one of them' };

/** The parser can look for these too, but in time that grows with the square of the keys. */
export function reportDuplicateKeys(node: unknown, path: Path, lines: LineCounter, findings: Findings): void {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) reportDuplicateKeys(item, [...path, index], lines, findings);
  }
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const pair of node.items) {
    const inner = [...path, keyText(pair)];
    const { line, col } = lines.linePos(startOf(pair.key) ?? 0);
    if (seen.has(keyText(pair))) findings.addAt({ line, column: col, path: inner }, TWICE);
    seen.add(keyText(pair));
    reportDuplicateKeys(pair.value, inner, lines, findings);
  }
}
