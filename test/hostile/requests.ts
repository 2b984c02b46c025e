/** Requests of clients that mean no good, as bytes, and what must become of each. */
import { FRAMING, PIPELINES } from './framing.ts';
import { HEADERS, LINES } from './heads.ts';
import type { Hostile } from './hostile.ts';
import { PATHS, TARGETS } from './targets.ts';

export const HOSTILE: readonly Hostile[] = [...FRAMING, ...HEADERS, ...LINES, ...PATHS, ...TARGETS, ...PIPELINES];
