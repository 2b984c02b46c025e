/** Answers given word for word by rules of the settings: the first rule that fits a request answers it. */
import type { GenerationAsk } from '../ask/generation.ts';
import { compiledPattern, MATCHED_CHARS_MAX } from './pattern.ts';
import type { ScriptRule } from './settings.ts';
import { lastUserText } from './turns.ts';

type Fits = (deployment: string, text: string) => boolean;

interface Compiled {
  readonly rule: ScriptRule;
  readonly fits: Fits;
}

/** Rules are compiled once for each script. */
const COMPILED = new WeakMap<readonly ScriptRule[], readonly Compiled[]>();

export function scriptedRule(script: readonly ScriptRule[], ask: GenerationAsk, deployment: string): ScriptRule | null {
  if (script.length === 0) return null;
  const text = lastUserText(ask.turns);
  return compiled(script).find(({ fits }) => fits(deployment, text))?.rule ?? null;
}

function compiled(script: readonly ScriptRule[]): readonly Compiled[] {
  let rules = COMPILED.get(script);
  if (rules === undefined) {
    rules = script.map((rule) => ({ rule, fits: fitsOf(rule) }));
    COMPILED.set(script, rules);
  }
  return rules;
}

/** A rule whose pattern is not taken fits nothing: whoever reads the settings refuses it by `patternProblem`. */
function fitsOf({ deployment, contains, matches }: ScriptRule): Fits {
  const part = contains?.toLowerCase() ?? null;
  const pattern = matches === null ? null : compiledPattern(matches);
  if (matches !== null && pattern === null) return () => false;
  return (name, text) =>
    (deployment === null || deployment === name) &&
    (part === null || text.toLowerCase().includes(part)) &&
    (pattern === null || pattern.test(text.slice(0, MATCHED_CHARS_MAX)));
}
