/**
 * The filter of a metrics query: `ModelDeploymentName eq 'a' or ModelDeploymentName eq 'b' and StatusCode eq '*'`. Each dimension that
 * it names also splits the result; `*` does nothing else. Source: REST reference of Azure Monitor, "Metrics - List", `$filter`.
 */

/** Characters. Azure's limit is not published. */
export const FILTER_CHARS_MAX = 8_192;
export const FILTER_TERMS_MAX = 200;

type Operator = 'eq' | 'ne' | 'sw';

/** Alternatives on one dimension: one of them is to hold. */
interface Condition {
  /** In lower case. */
  readonly dimension: string;
  readonly alternatives: ReadonlyArray<{ readonly operator: Operator; readonly lowerValue: string }>;
}

export interface Filter {
  /** As written, each once, in order. */
  readonly dimensions: readonly string[];
  /** All are to hold. */
  readonly conditions: readonly Condition[];
}

export type FilterRead =
  | { readonly kind: 'filter'; readonly filter: Filter }
  /** In words that say what is wrong; Azure's own are known for few cases. */
  | { readonly kind: 'problem'; readonly problem: string };

export const NO_FILTER: Filter = { dimensions: [], conditions: [] };

/** @param valueIn of a dimension by its name in lower case. */
export function holds({ conditions }: Filter, valueIn: (lowerName: string) => string): boolean {
  return conditions.every(({ dimension, alternatives }) => {
    const value = valueIn(dimension).toLowerCase();
    return alternatives.some(({ operator, lowerValue }) => {
      if (operator === 'ne') return value !== lowerValue;
      if (operator === 'sw') return value.startsWith(lowerValue);
      return lowerValue === '*' || value === lowerValue;
    });
  });
}

/** A quoted value (a quote within is doubled), a parenthesis, or a word; dimensions may have any other character. */
const TOKENS = /'((?:[^']|'')*)'|([()])|([^\s()']+)/g;

interface Term {
  readonly joint: 'and' | 'or';
  readonly dimension: string;
  readonly operator: Operator;
  readonly value: string;
}

export function readFilter(text: string): FilterRead {
  if (text.length > FILTER_CHARS_MAX) return problem(`is longer than ${FILTER_CHARS_MAX} characters`);
  const terms = termsOf(text);
  if (typeof terms === 'string') return problem(terms);
  const conditions: Condition[] = [];
  const dimensions = new Map<string, string>();
  for (const { joint, dimension, operator, value } of terms) {
    const lowerName = dimension.toLowerCase();
    const alternative = { operator, lowerValue: value.toLowerCase() };
    const last = conditions.at(-1);
    if (joint === 'or' && last !== undefined) {
      if (last.dimension !== lowerName) return problem(`joins ${last.dimension} and ${dimension} by or`);
      if (operator !== 'eq') return problem("Only 'eq' operator are supported for 'or' clause");
      conditions[conditions.length - 1] = { ...last, alternatives: [...last.alternatives, alternative] };
    } else conditions.push({ dimension: lowerName, alternatives: [alternative] });
    if (!dimensions.has(lowerName)) dimensions.set(lowerName, dimension);
  }
  return { kind: 'filter', filter: { dimensions: [...dimensions.values()], conditions } };
}

/** @returns what is wrong, in words. */
function termsOf(text: string): readonly Term[] | string {
  if (text.replaceAll(TOKENS, '').trim() !== '') return `has a quote without its other one in ${text}`;
  const tokens = [...text.matchAll(TOKENS)];
  let depth = 0;
  for (const [, , parenthesis] of tokens) {
    if (parenthesis !== undefined) depth += parenthesis === '(' ? 1 : -1;
    if (depth < 0) break;
  }
  if (depth !== 0) return `has a parenthesis without its other one in ${text}`;
  // A parenthesis changes nothing: alternatives are of one dimension, so there is one way to read them.
  const words = tokens.filter(([, , parenthesis]) => parenthesis === undefined);
  const terms: Term[] = [];
  for (let at = 0; at < words.length; ) {
    const joint = terms.length === 0 ? 'and' : wordAt(words, at++);
    const term = termOf(joint, words.slice(at, at + 3));
    if (term === null) return `cannot be read at "${words[at]?.[0] ?? 'its end'}"; expected: Dimension eq 'value'`;
    terms.push(term);
    if (terms.length > FILTER_TERMS_MAX) return `has more than ${FILTER_TERMS_MAX} terms`;
    at += 3;
  }
  return terms;
}

function wordAt(words: readonly RegExpMatchArray[], at: number): string {
  return words[at]?.[3]?.toLowerCase() ?? '';
}

function termOf(joint: string, words: readonly RegExpMatchArray[]): Term | null {
  const dimension = words[0]?.[3] ?? words[0]?.[1];
  const operator = wordAt(words, 1);
  const value = words[2]?.[1];
  if (dimension === undefined || value === undefined) return null;
  if (joint !== 'and' && joint !== 'or') return null;
  if (operator !== 'eq' && operator !== 'ne' && operator !== 'sw') return null;
  return { joint, dimension, operator, value: value.replaceAll("''", "'") };
}

function problem(text: string): FilterRead {
  return { kind: 'problem', problem: text };
}
