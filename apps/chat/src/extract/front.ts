/** Frontmatter: what a Markdown file says of itself in YAML at its head. Who may see it is read strictly: a slip must not open it to all. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Access } from '../store/store.ts';
import { oneLine } from './clean.ts';
import { type Front, Refusal } from './extraction.ts';

/** Frontmatter is a few lines; YAML can be made to grow. Bytes as UTF-16 units. */
export const FRONT_CHARS_MAX = 10_000;
/** Aliases that YAML may resolve, against "billion laughs". */
const ALIASES_MAX = 10;

const names = z.array(z.string().min(1).max(200)).max(100);
/** `access: everyone`, a list of groups, or users and groups. */
const accessSchema = z.union([
  z.literal('everyone').transform((): Access => ({ users: [], groups: [] })),
  names.min(1).transform((groups): Access => ({ users: [], groups })),
  z
    .strictObject({ users: names.default([]), groups: names.default([]) })
    .refine(({ users, groups }) => users.length + groups.length > 0),
]);

const frontSchema = z.looseObject({
  title: z.coerce.string().optional(),
  category: z.string().max(200).optional(),
  lang: z.string().max(35).optional(),
  language: z.string().max(35).optional(),
  access: accessSchema.optional(),
});

export interface FrontMatter extends Front {
  readonly title: string | null;
  readonly language: string | null;
}

const ACCESS_RULE = 'access is "everyone", a list of groups, or users and groups, none of them empty';

export function parseFront(yaml: string): FrontMatter {
  const read = frontSchema.safeParse(yamlOf(yaml) ?? {});
  if (!read.success) {
    const at = read.error.issues[0]?.path.join('.') ?? '';
    const rule = at.startsWith('access') ? ACCESS_RULE : 'title, category and language are texts';
    throw new Refusal('badFront', `frontmatter, ${at === '' ? 'as a whole' : at}: ${rule}`);
  }
  const { title, category, lang, language, access } = read.data;
  return {
    title: title === undefined || oneLine(title) === '' ? null : oneLine(title),
    category: category === undefined ? null : oneLine(category),
    language: language ?? lang ?? null,
    access: access ?? null,
  };
}

/** @returns who may see it, or null if `value` is not in one of the forms. */
export function parseAccess(value: unknown): Access | null {
  const read = accessSchema.safeParse(value);
  return read.success ? read.data : null;
}

function yamlOf(text: string): unknown {
  if (text.length > FRONT_CHARS_MAX) {
    throw new Refusal('badFront', `frontmatter of ${text.length} characters, above ${FRONT_CHARS_MAX}`);
  }
  try {
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length === 0) return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    // Too many aliases: told as any other fault.
  }
  throw new Refusal('badFront', 'frontmatter is not YAML; mend it or take it away');
}
