/** What the schema found, as findings: place, rule and way out in our words. */
import type { Findings } from './findings.ts';
import { type Path, valueAt } from './place.ts';
import { type FileData, fileSchema } from './schema.ts';
import { keysAt } from './schema-json.ts';
import { didYouMean, nearest } from './suggest.ts';

type Issues = NonNullable<ReturnType<typeof fileSchema.safeParse>['error']>['issues'];
type Issue = Issues[number];

/** Keys of later versions, by the last list or mapping they belong to: refused, because they would do nothing yet. */
const LATER: ReadonlyMap<string, readonly string[]> = new Map([
  ['clients', ['class', 'models', 'tokensPerMinute', 'requestsPerMinute']],
]);

/** @returns null where the data does not keep to the schema, and the findings say why. */
export function checkSchema(data: unknown, findings: Findings): FileData | null {
  const parsed = fileSchema.safeParse(data, { error: (issue) => messageOf(issue, issue.input) });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) report(issue, data, findings);
  return null;
}

function report(issue: Issue, data: unknown, findings: Findings): void {
  const path = toPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) findings.add([...path, key], unknownKey(path, key));
      break;
    case 'invalid_key': {
      const text = issue.issues[0]?.message ?? issue.message;
      findings.add(path, { ...split(text), at: 'key', showValue: false });
      break;
    }
    case 'invalid_union':
      reportUnion(issue, data, findings);
      break;
    default:
      findings.add(path, split(overrule(issue, valueAt(data, path))));
  }
}

/** The errors of the shape that was meant; of none, if the value has the kind of none. */
function reportUnion(issue: Extract<Issue, { code: 'invalid_union' }>, data: unknown, findings: Findings): void {
  const meant = issue.errors.find((errors) =>
    errors.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  if (meant === undefined) findings.add(toPath(issue.path), split(issue.message));
  for (const inner of meant ?? []) report({ ...inner, path: [...issue.path, ...inner.path] }, data, findings);
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
): string {
  if (issue.code === 'invalid_type')
    return `is not ${KINDS[String(issue.expected)] ?? 'what belongs here; see docs/config.md'}`;
  if (issue.code === 'invalid_union') return 'is neither text nor a mapping; write backend/deployment';
  if (issue.code === 'invalid_value' && Array.isArray(issue.values)) {
    const known = issue.values.map(String);
    const near = nearest(String(input), known);
    return `is not one of ${known.join(', ')}; ${near === null ? 'choose one of them' : `did you mean ${near}?`}`;
  }
  return 'is not what belongs here; see docs/config.md';
}

function unknownKey(path: Path, key: string) {
  const place = path.findLast((step) => typeof step === 'string');
  const shown = { at: 'key', showValue: false } as const;
  if (place !== undefined && LATER.get(place)?.includes(key)) {
    return { rule: 'is not supported in this version', remedy: 'remove it; it would do nothing', ...shown };
  }
  if (key === '<<') return { rule: 'is a merge key, which is not supported', remedy: 'write the keys out', ...shown };
  return { rule: 'is not a key here', remedy: didYouMean(key, keysAt(path)), ...shown };
}

function toPath(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

/** Messages read `rule; remedy`. */
function split(message: string): { readonly rule: string; readonly remedy: string } {
  const at = message.indexOf('; ');
  return at < 0
    ? { rule: message, remedy: 'see docs/config.md' }
    : { rule: message.slice(0, at), remedy: message.slice(at + 2) };
}
