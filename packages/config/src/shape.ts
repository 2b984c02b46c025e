/** How large and how deep data may be once its aliases are expanded: a few lines of YAML can stand for billions of values. */
import type { Problem } from './findings.ts';

/** Nothing of ours is deeper than 6. */
const DEPTH_MAX = 32;
/** What the longest text can hold without aliases, roughly. */
const VALUES_MAX = 100_000;

export const TOO_DEEP = {
  rule: `is nested deeper than ${DEPTH_MAX} levels`,
  remedy: 'close the brackets, and let no anchor hold itself',
};

const TOO_MANY = {
  rule: `holds more than ${VALUES_MAX} values once its aliases are expanded`,
  remedy: 'write out the values that are needed',
};
const RESERVED_KEY = { rule: 'has a key named __proto__', remedy: 'choose another name' };

export function shapeProblem(data: unknown): Problem | null {
  return measure(data, 0, { values: 0 });
}

/** Stops at once where a limit is met; so it ends at data that holds itself, whose depth has no end. */
function measure(value: unknown, depth: number, seen: { values: number }): Problem | null {
  if (depth > DEPTH_MAX) return TOO_DEEP;
  seen.values++;
  if (seen.values > VALUES_MAX) return TOO_MANY;
  if (typeof value !== 'object' || value === null) return null;
  if (Object.hasOwn(value, '__proto__')) return RESERVED_KEY;
  for (const part of Object.values(value)) {
    const problem = measure(part, depth + 1, seen);
    if (problem !== null) return problem;
  }
  return null;
}
