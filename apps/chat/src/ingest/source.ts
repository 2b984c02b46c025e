/** A file on its way to the index, and who may see what becomes of it. */
import type { Access } from '../store/store.ts';

export interface Source {
  /** As indexed; see path.ts. */
  readonly path: string;
  /** null: as the document says, else none. */
  readonly category: string | null;
  /** null: as the document says, else everybody. What is given here holds against what the document says. */
  readonly access: Access | null;
  /** null: the operator. */
  readonly owner: string | null;
  readonly load: () => Promise<Loaded>;
  /** Hash of a document that is indexed anew although nothing of it changed: it keeps the hash, and is left alone where it no longer has it. */
  readonly again?: string;
}

export type Loaded =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly message: string };

export const EVERYBODY: Access = { users: [], groups: [] };
