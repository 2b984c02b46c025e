/** What alone a question is asked of: as the page keeps it, and as an answer's steps tell it. */
import type { ScopedDocument, StepAbout } from '../../../events.ts';
import { isObject } from '../shapes.ts';
import type { Step } from './answer.ts';

export type Scope =
  | { readonly kind: 'documents'; readonly documents: readonly ScopedDocument[] }
  | { readonly kind: 'collection'; readonly name: string };

/** As many as the server takes with one question. */
export const SCOPE_DOCUMENTS_MAX = 200;

/** null: everything was asked, or all but one collection, which is a setting of developers. */
export function scopeOfSteps(steps: readonly Pick<Step, 'about'>[]): Scope | null {
  const about = steps.find((step) => step.about?.kind === 'scope')?.about;
  return about?.kind === 'scope' ? scopeOf(about) : null;
}

function scopeOf({ documents, category }: Extract<StepAbout, { kind: 'scope' }>): Scope | null {
  if (documents.length > 0) return { kind: 'documents', documents };
  return category === null ? null : { kind: 'collection', name: category };
}

/** Of what this browser kept. @returns null: nothing that could be used; `none`: it was taken away. */
export function scopeIn(value: unknown): Scope | 'none' | null {
  if (value === 'none') return 'none';
  if (!isObject(value)) return null;
  const read = (name: string): unknown => Reflect.get(value, name);
  const [name, documents] = [read('name'), read('documents')];
  if (read('kind') === 'collection') return typeof name === 'string' ? { kind: 'collection', name } : null;
  if (!Array.isArray(documents) || documents.length === 0 || documents.length > SCOPE_DOCUMENTS_MAX) return null;
  return documents.every(isScoped) ? { kind: 'documents', documents } : null;
}

function isScoped(value: unknown): value is ScopedDocument {
  if (!isObject(value)) return false;
  const title: unknown = Reflect.get(value, 'title');
  return typeof Reflect.get(value, 'id') === 'string' && (title === null || typeof title === 'string');
}
