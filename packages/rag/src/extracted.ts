/** A document as it was read from its file: blocks in reading order, before it is cut into chunks. Extraction itself is an app's. */

export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'code';

export interface Block {
  readonly kind: BlockKind;
  /** Of a heading: 1 to 6; else 0. */
  readonly level: number;
  /** Plain text; tables as Markdown, a row a line. */
  readonly text: string;
  /** Where it begins and ends; null for formats without pages. From 1. */
  readonly pageFrom: number | null;
  readonly pageTo: number | null;
}

export interface Extracted {
  /** From the document itself, else its file's name without ending. */
  readonly title: string;
  /** BCP 47, as far as the document says; null: it does not. */
  readonly language: string | null;
  readonly pages: number | null;
  readonly blocks: readonly Block[];
}
