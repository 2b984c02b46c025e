/**
 * Whether an embedding model knows what texts mean: the middle sentence of a chunk, embedded, should find that chunk. Vectors without
 * meaning harm a search that has words already: hit@5 fell from 0.83 to 0.70 where they were fused in (chat-app study, §7.2).
 */
import { sentencesIn } from '../text/sentences.ts';

export const PROBES_MAX = 60;
/** Among so many the own chunk has to be. */
export const PROBE_DEPTH = 10;
/** Below this share of found chunks the search uses words alone. Meaningful vectors had 0.76 and more, others 0.08 and less. */
export const PROBE_SHARE_MIN = 0.5;

export interface Probe {
  readonly chunkId: string;
  /** To be embedded. */
  readonly sentence: string;
}

/** From chunks spread over the whole; the same chunks give the same probes. Those of a single sentence would only find themselves. */
export function pickProbes(
  chunks: ReadonlyArray<{ readonly chunkId: string; readonly text: string }>,
  count = PROBES_MAX,
): readonly Probe[] {
  const probes = chunks.flatMap(({ chunkId, text }): Probe[] => {
    const sentences = sentencesIn(text);
    const middle = sentences[Math.floor(sentences.length / 2)];
    return sentences.length < 2 || middle === undefined
      ? []
      : [{ chunkId, sentence: text.slice(middle.start, middle.end) }];
  });
  if (probes.length <= count) return probes;
  return Array.from({ length: count }, (_, i) => probes[Math.floor((i * probes.length) / count)]).filter(
    (probe) => probe !== undefined,
  );
}

/** How deep to look: of few chunks any ten would be most, and chance would find the right one. @param chunks of the whole index. */
export function probeDepth(chunks: number): number {
  return Math.max(1, Math.min(PROBE_DEPTH, Math.floor(chunks / 6)));
}

export interface ProbeResult {
  readonly tested: number;
  /** Own chunk among the first {@link probeDepth}. */
  readonly found: number;
  /** 0 to 1; 0 where nothing was tested. */
  readonly share: number;
  readonly verdict: 'hybrid' | 'text';
}

/** @param rankings for each probe the chunks nearest to it, best first, at least {@link probeDepth} of them. */
export function judgeProbes(
  probes: readonly Probe[],
  rankings: ReadonlyArray<readonly string[]>,
  chunks: number,
): ProbeResult {
  const depth = probeDepth(chunks);
  const found = probes.filter(({ chunkId }, i) => rankings[i]?.slice(0, depth).includes(chunkId)).length;
  const share = probes.length === 0 ? 0 : found / probes.length;
  return { tested: probes.length, found, share, verdict: share >= PROBE_SHARE_MIN ? 'hybrid' : 'text' };
}
