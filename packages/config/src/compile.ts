/** The steps that every configuration takes, wherever it was read: schema, references, resolution, warnings. */
import { check } from './check.ts';
import type { Loaded } from './config.ts';
import type { Findings } from './findings.ts';
import { checkSchema } from './issues.ts';
import { outline } from './outline.ts';
import type { Source } from './place.ts';
import { resolveConfig } from './resolve.ts';
import { warningsOf } from './warnings.ts';

/** @param findings what was found before; it goes first, and hides what follows from it. */
export function compile(data: unknown, source: Source, findings: Findings): Loaded {
  const file = checkSchema(data, findings);
  check(outline(data), findings);
  if (file === null || findings.errors.length > 0) return { kind: 'errors', errors: findings.errors };
  const config = resolveConfig(file);
  return { kind: 'ok', config, warnings: warningsOf(file, config, source) };
}
