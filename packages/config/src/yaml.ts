/**
 * YAML text to plain data, with the place of each value. Stricter than YAML: no tags, no merge keys, one document, and
 * no growth without bound, so that what a reader sees is what is meant.
 */
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import type { FileKind } from './file-kind.ts';
import { Findings, type Problem } from './findings.ts';
import { formatPath, isRecord, type Source } from './place.ts';
import { shapeProblem, TOO_DEEP } from './shape.ts';
import { hasFatalSyntax, reportDuplicateKeys, reportSyntax } from './syntax.ts';
import { yamlSource } from './yaml-source.ts';

/** Some 2,000 backends. Parsing more would hold up a running gateway for seconds, and is another file by mistake. */
export const TEXT_CHARS_MAX = 256 * 1024;

/** Each makes the parser search the document. */
export const ALIASES_MAX = 100;

export interface YamlText {
  /** Plain data; null where it cannot be used, and the findings say why. */
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly findings: Findings;
  readonly source: Source;
}

const PARSE_OPTIONS = {
  version: '1.2',
  strict: true,
  uniqueKeys: false,
  stringKeys: true,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

export function readYaml(text: string, file: string, { remedies }: Pick<FileKind, 'remedies'>): YamlText {
  const problem = textProblem(text);
  if (problem !== null) return refusedWhole(file, problem);
  const lines = new LineCounter();
  const document = parseDocument(text, { ...PARSE_OPTIONS, lineCounter: lines });
  if (!hasFatalSyntax(document)) return readDocument(document, lines, { file, remedies });
  const source = yamlSource({ document, lines, file, data: null });
  const findings = new Findings(source);
  reportSyntax(document, lines, findings);
  return { data: null, findings, source };
}

interface Named extends Pick<FileKind, 'remedies'> {
  readonly file: string;
}

/** Only for a document that parsed: to convert one that did not may take very long. */
function readDocument(document: Document, lines: LineCounter, { file, remedies }: Named): YamlText {
  const { value, problem } = toData(document);
  const source = yamlSource({ document, lines, file, data: value });
  const findings = new Findings(source);
  if (problem === null) reportDuplicateKeys(document.contents, [], lines, findings);
  const whole = problem ?? wholeProblem(document, value, remedies);
  if (whole !== null) findings.add([], { ...whole, showValue: false });
  return { data: whole === null && isRecord(value) ? value : null, findings, source };
}

function wholeProblem(document: Document, value: unknown, remedies: FileKind['remedies']): Problem | null {
  if (document.directives?.yaml.version === '1.1') return VERSION_1_1;
  if (value === null) return { rule: 'is empty', remedy: remedies.empty };
  return isRecord(value) ? null : { rule: 'is not a mapping', remedy: remedies.notAMapping };
}

const VERSION_1_1 = { rule: 'declares YAML 1.1', remedy: 'remove the line "%YAML 1.1"' };

function textProblem(text: string): Problem | null {
  if (text.length > TEXT_CHARS_MAX) {
    return { rule: `is longer than ${TEXT_CHARS_MAX} characters`, remedy: 'check that the right file is named' };
  }
  if (/[\0\uFFFD]/.test(text)) return { rule: 'is not UTF-8 text', remedy: 'save it as UTF-8' };
  return null;
}

function refusedWhole(file: string, problem: Problem): YamlText {
  const source: Source = { file, place: () => ({ line: 1, column: 1 }), name: formatPath, written: () => undefined };
  const findings = new Findings(source);
  findings.add([], problem);
  return { data: null, findings, source };
}

function countAliases(document: Document): number {
  let count = 0;
  visit(document, {
    Alias: () => {
      count++;
    },
  });
  return count;
}

/** Conversion throws on an alias without its anchor, and a deep text may exhaust the stack. Aliases share their value until it is measured. */
function toData(document: Document): { value: unknown; problem: Problem | null } {
  try {
    if (countAliases(document) > ALIASES_MAX) return { value: null, problem: TOO_MANY_ALIASES };
    const value: unknown = document.toJS({ maxAliasCount: -1 });
    return { value, problem: shapeProblem(value) };
  } catch (error) {
    if (error instanceof RangeError) return { value: null, problem: TOO_DEEP };
    if (error instanceof ReferenceError) return { value: null, problem: NO_ANCHOR };
    throw error;
  }
}

const TOO_MANY_ALIASES = { rule: `uses more than ${ALIASES_MAX} aliases ("*name")`, remedy: 'write the values out' };
const NO_ANCHOR = {
  rule: 'uses an alias ("*name") without its anchor ("&name") before it',
  remedy: 'write the value out, or quote it',
};
