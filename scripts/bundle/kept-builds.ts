/** Builds of pages, kept as one file: made by recorder.ts while the bundle is made, given out by stand-in.ts when it runs. */
import { relative, sep } from 'node:path';

export interface KeptBuild {
  readonly files: ReadonlyArray<{ readonly path: string; readonly text: string }>;
  readonly outputs: Readonly<Record<string, KeptOutput>>;
}

export interface KeptOutput {
  readonly imports: ReadonlyArray<{ readonly path: string; readonly kind: string }>;
}

export type KeptBuilds = Readonly<Record<string, KeptBuild>>;

export type EntryPoints = Readonly<Record<string, string>> | readonly string[];

export const KEPT_FILE = 'pages.json';

/** The same name for the same build, wherever its files are. @param base the checkout, or the folder that stands for it. */
export function keyOf(entryPoints: EntryPoints, base: string): string {
  return Object.values(entryPoints)
    .map((path) => relative(base, path).split(sep).join('/'))
    .join(' ');
}
