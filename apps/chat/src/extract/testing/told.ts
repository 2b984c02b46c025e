/** Blocks in short, for tables of tests. */
import type { Block } from '@spillway/rag';
import { BlockList } from '../blocks.ts';
import { EXTRACT_LIMITS, type ExtractLimits } from '../limits.ts';

/** `h2 text`, `p text`, `list text`. */
export function told(blocks: readonly Block[]): readonly string[] {
  return blocks.map(
    ({ kind, level, text }) => `${kind === 'heading' ? `h${level}` : kind === 'paragraph' ? 'p' : kind} ${text}`,
  );
}

/** What a reader of one format makes of its input. */
export function readWith(
  read: (limits: ExtractLimits, to: BlockList) => unknown,
  change: Partial<ExtractLimits> = {},
): readonly string[] {
  const limits = { ...EXTRACT_LIMITS, ...change };
  const to = new BlockList(limits);
  read(limits, to);
  return told(to.blocks);
}
