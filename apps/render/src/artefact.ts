/** A file to be written: nothing here writes it. */
export interface Artefact {
  /** Below the folder that is written to, with `/`. */
  readonly path: string;
  readonly text: string;
  /** A person fills it in: one that is there already must not be replaced. */
  readonly isFilledIn?: true;
}
