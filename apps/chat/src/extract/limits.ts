/** How much of a document is taken on. A file is somebody else's: whatever it claims about itself, each of these is reached first. */

export interface ExtractLimits {
  /** Of the file as it is. */
  readonly bytesMax: number;
  readonly pagesMax: number;
  /** UTF-16 units of text taken from one document. Some 2,000 pages. */
  readonly charsMax: number;
  /** Elements within elements, brackets within brackets. */
  readonly nestingMax: number;
  /** Of Markdown: events of its parser before each quote and list, together (containers.ts). Some 12,000 quotes. */
  readonly containerWorkMax: number;
  /** Cells of one table, empty ones among them: a short file can claim millions. */
  readonly cellsMax: number;
  readonly zipEntriesMax: number;
  /** All entries of an archive together, once inflated. */
  readonly zipInflatedBytesMax: number;
  /** Inflated to packed size of one entry; looked at only above {@link ZIP_RATIO_FROM_BYTES}, since small entries of spaces pack well. */
  readonly zipRatioMax: number;
  /** Letters and digits without a break, as encoded files have; a longer run is left out. */
  readonly runCharsMax: number;
  readonly chunksMax: number;
}

export const EXTRACT_LIMITS: ExtractLimits = {
  bytesMax: 20_000_000,
  pagesMax: 2_000,
  charsMax: 6_000_000,
  nestingMax: 200,
  containerWorkMax: 1_000_000_000,
  cellsMax: 2_000_000,
  zipEntriesMax: 2_000,
  zipInflatedBytesMax: 100_000_000,
  zipRatioMax: 200,
  runCharsMax: 2_000,
  chunksMax: 20_000,
};

export const ZIP_RATIO_FROM_BYTES = 1_000_000;
