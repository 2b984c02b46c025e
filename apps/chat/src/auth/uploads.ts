/**
 * Who may put documents in, and for whom. Those who come in without a name may not unless that is said: what a stranger uploads would
 * stand among everybody's sources, and nobody could be asked about it.
 */
import type { Settings } from '../settings/settings.ts';
import type { Reader } from '../store/store.ts';
import { isVisitor } from './visitor.ts';

export type UploadRight =
  | { readonly kind: 'none' }
  /** Nobody else but admins finds it, whatever the upload says. */
  | { readonly kind: 'onlyFor'; readonly user: string }
  /** For everybody, or for whom the upload names. */
  | { readonly kind: 'asTold' };

export function uploadRight({ user, isAdmin }: Reader, { page, auth }: Pick<Settings, 'page' | 'auth'>): UploadRight {
  if (isAdmin) return { kind: 'asTold' };
  if (page.uploads === 'none') return { kind: 'none' };
  // Elsewhere somebody may have such a name by signing in.
  if (auth.how.kind !== 'none' || !isVisitor(user)) return { kind: 'asTold' };
  return page.uploads === 'everyone' ? { kind: 'onlyFor', user } : { kind: 'none' };
}
