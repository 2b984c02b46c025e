/** What the schema found, as findings: place, rule and way out in our words. */
import type * as z from 'zod';
import type { FileKind } from './file-kind.ts';
import type { Findings } from './findings.ts';
import { GATEWAY_FILE } from './gateway-file.ts';
import { type Path, valueAt } from './place.ts';
import { type FileData, fileSchema } from './schema.ts';
import { keysAt } from './schema-json.ts';
import { didYouMean, nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** @returns null where the data does not keep to the schema, and the findings say why. */
export function checkSchema(data: unknown, findings: Findings): FileData | null {
  return checkAgainst(fileSchema, GATEWAY_FILE, data, findings);
}

/** The same for another kind of file. */
export function checkAgainst<Schema extends z.ZodType>(
  schema: Schema,
  kind: FileKind,
  data: unknown,
  findings: Findings,
): z.output<Schema> | null {
  const parsed = schema.safeParse(data, { error: (issue) => messageOf(issue, issue.input, kind) });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) report(issue, { kind, data, findings });
  return null;
}

interface Checked {
  readonly kind: FileKind;
  readonly data: unknown;
  readonly findings: Findings;
}

function report(issue: Issue, checked: Checked): void {
  const { kind, data, findings } = checked;
  const path = toPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) findings.add([...path, key], unknownKey(path, key, kind));
      break;
    case 'invalid_key': {
      const text = issue.issues[0]?.message ?? issue.message;
      findings.add(path, { ...split(text, kind), at: 'key', showValue: false });
      break;
    }
    case 'invalid_union':
      reportUnion(issue, checked);
      break;
    default:
      findings.add(path, split(overrule(issue, valueAt(data, path)), kind));
  }
}

/** The errors of the shape that was meant; of none, if the value has the kind of none. */
function reportUnion(issue: Extract<Issue, { code: 'invalid_union' }>, checked: Checked): void {
  const meant = issue.errors.find((errors) =>
    errors.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  if (meant === undefined) checked.findings.add(toPath(issue.path), split(issue.message, checked.kind));
  for (const inner of meant ?? []) report({ ...inner, path: [...issue.path, ...inner.path] }, checked);
}

/** What is missing, empty or a number in quotes is said the same way everywhere, whatever the key's own rule. */
function overrule(issue: Issue, value: unknown): string {
  if (issue.code !== 'invalid_type') return issue.message;
  if (value === undefined) return 'is missing; add it';
  if (value === null) return 'is empty; fill it, or remove the line';
  const wantsNumber = issue.expected === 'number' || issue.expected === 'int';
  if (wantsNumber && typeof value === 'string' && /^[\d][\d_,. ]*$/.test(value)) {
    return 'is text, not a number; write the digits alone, without quotes or separators';
  }
  return issue.message;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text; put it in quotes if it looks like something else',
  number: 'a number; write the digits alone',
  int: 'a whole number; write the digits alone',
  boolean: 'true or false; write one of the two',
  array: 'a list; begin each item with "- "',
  object: 'a mapping; write "key: value" lines below it, indented',
  record: 'a mapping; write "key: value" lines below it, indented',
};

/** Rule and remedy of what the schema has no words of its own for. */
function messageOf(
  issue: { readonly code?: string; readonly expected?: unknown; readonly values?: unknown },
  input: unknown,
  kind: FileKind,
): string {
  if (issue.code === 'invalid_type')
    return `is not ${KINDS[String(issue.expected)] ?? `what belongs here; see ${kind.reference}`}`;
  if (issue.code === 'invalid_union') return kind.noShape;
  if (issue.code === 'invalid_value' && Array.isArray(issue.values)) {
    const known = issue.values.map(String);
    const near = nearest(String(input), known);
    return `is not one of ${known.join(', ')}; ${near === null ? 'choose one of them' : `did you mean ${near}?`}`;
  }
  return `is not what belongs here; see ${kind.reference}`;
}

function unknownKey(path: Path, key: string, kind: FileKind) {
  const place = path.findLast((step) => typeof step === 'string');
  const shown = { at: 'key', showValue: false } as const;
  if (place !== undefined && kind.later.get(place)?.includes(key)) {
    return { rule: 'is not supported in this version', remedy: 'remove it; it would do nothing', ...shown };
  }
  if (key === '<<') return { rule: 'is a merge key, which is not supported', remedy: 'write the keys out', ...shown };
  return {
    rule: 'is not a key here',
    remedy: didYouMean(key, keysAt(path, kind.jsonSchema()), kind.reference),
    ...shown,
  };
}

function toPath(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

/** Messages read `rule; remedy`. */
function split(message: string, { reference }: FileKind): { readonly rule: string; readonly remedy: string } {
  const at = message.indexOf('; ');
  return at < 0
    ? { rule: message, remedy: `see ${reference}` }
    : { rule: message.slice(0, at), remedy: message.slice(at + 2) };
}
