/** A file to be written: nothing here writes it. */
export interface Artefact {
  /** Below the folder that is written to, with `/`. */
  readonly path: string;
  readonly text: string;
}
