/** Names of what make.ts puts into the executable and start.ts finds there. */

/** The package's files. */
export const ARCHIVE = 'archive';
/** Of the folder that they are unpacked to. */
export const NAME = 'name';
