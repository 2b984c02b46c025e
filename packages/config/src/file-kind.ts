/**
 * What tells one kind of configuration file from another (the gateway's, the simulator's), where reading, checking and documenting
 * them is the same.
 */
import type * as z from 'zod';
import type { Path } from './place.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * How a text value is taken. plain: `${NAME}` in it is replaced by what it names. named: a secret, so that it must be such a name.
 * literal: stands as it is.
 */
export type TextKind = 'plain' | 'named' | 'literal';

export interface FileKind {
  /** Of the file as written, before secrets are filled in. */
  jsonSchema(): JsonSchema;
  /** The document that explains every key, as errors name it: `docs/config.md`. */
  readonly reference: string;
  /** Who reads the file, as errors name it: `gateway`. */
  readonly reader: string;
  /** The way out of an empty file, and of one that is not a mapping. */
  readonly remedies: { readonly empty: string; readonly notAMapping: string };
  /** Said where a value fits none of the shapes that it may have: `rule; remedy`. */
  readonly noShape: string;
  /** Keys of later versions, by the last list or mapping they belong to: refused, because they would do nothing yet. */
  readonly later: ReadonlyMap<string, readonly string[]>;
  textKind(path: Path): TextKind;
  /** A value at a named place that may be written all the same: the hash of a key. Absent: there is none. */
  mayBeWritten?(path: Path, value: unknown): boolean;
  /** Name of a variable, as an example where a secret at this path is not named. */
  exampleVariable(path: Path): string;
}
