/**
 * `access.yaml` at the head of a folder: who may see which of its documents, for kinds that cannot say so themselves. A list; the
 * first rule whose pattern fits holds, against what the document itself says. A file with a slip opens nothing: the job is refused.
 *
 *   - files: "staff/**"
 *     access: [staff]
 *   - files: "*.pdf"
 *     access: { groups: [host], users: [ada] }
 */
import { matchesGlob } from 'node:path/posix';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { parseAccess } from '../extract/front.ts';
import type { Access } from '../store/store.ts';

export const RULES_FILE = 'access.yaml';
export const RULES_MAX = 1_000;
const ALIASES_MAX = 10;

export interface AccessRules {
  /** null: no rule fits; as the document says. */
  accessOf(path: string): Access | null;
}

export const NO_RULES: AccessRules = { accessOf: () => null };

const rulesSchema = z.array(z.strictObject({ files: z.string().min(1).max(400), access: z.unknown() })).max(RULES_MAX);

/** @returns what is wrong, as a text. */
export function readRules(yaml: string): AccessRules | string {
  const read = rulesSchema.safeParse(parsed(yaml));
  if (!read.success) return `a list of at most ${RULES_MAX} rules, each with files and access`;
  const rules: { readonly files: string; readonly access: Access }[] = [];
  for (const [i, { files, access }] of read.data.entries()) {
    const checked = parseAccess(access);
    if (checked === null) return `rule ${i + 1}: access is "everyone", a list of groups, or users and groups`;
    rules.push({ files, access: checked });
  }
  return { accessOf: (path) => rules.find(({ files }) => matchesGlob(path, files))?.access ?? null };
}

function parsed(yaml: string): unknown {
  try {
    const document = parseDocument(yaml, { logLevel: 'silent' });
    return document.errors.length > 0 ? null : document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    return null;
  }
}
