/** The list of workloads of `spillway bench batch`, in the form of the fork's batch runner (simulator reference B-87). */
import type { BenchFlags } from './flags.ts';

/** Of one list; more is several batches. */
export const WORKLOADS_MAX = 100;

export interface Workload {
  /** As it was written. */
  readonly text: string;
  /** For a folder. */
  readonly name: string;
  /** What it says of a run. */
  readonly flags: Pick<BenchFlags, 'shapeProfile' | 'contextTokens' | 'maxTokens' | 'rate' | 'replayPath'>;
}

/** @param isReplay the first part names a file. @returns what is wrong is in `problems`, all of it. */
export function workloadsOf(
  list: string,
  isReplay: boolean,
): { readonly workloads: readonly Workload[]; readonly problems: readonly string[] } {
  const texts = list.split(',').map((text) => text.trim());
  if (texts.length > WORKLOADS_MAX) {
    return {
      workloads: [],
      problems: [
        `--token-rate-workload-list: ${texts.length} workloads, at most ${WORKLOADS_MAX}; run several batches`,
      ],
    };
  }
  const read = texts.map((text, at) => workloadOf(text, at, isReplay));
  return {
    workloads: read.flatMap((one) => (typeof one === 'string' ? [] : [one])),
    problems: read.flatMap((one) => (typeof one === 'string' ? [one] : [])),
  };
}

function workloadOf(text: string, at: number, isReplay: boolean): Workload | string {
  const [, prompt, answer, rate] = /^(.+)-(\d+|none)-(\d+(?:\.\d+)?|none)$/.exec(text) ?? [];
  if (prompt === undefined || answer === undefined || rate === undefined) {
    return `--token-rate-workload-list: '${text}' is no workload; write PROMPT-ANSWER-RATE, such as ${isReplay ? 'talks.json-100-20' : '500-100-20'} or 500-none-none`;
  }
  return {
    text,
    name: `${at + 1}-${text.replace(/[^A-Za-z0-9.-]+/g, '-').slice(-60)}`,
    flags: {
      ...(isReplay
        ? { shapeProfile: 'balanced', replayPath: prompt }
        : { shapeProfile: 'custom', contextTokens: prompt }),
      ...(answer === 'none' ? {} : { maxTokens: answer }),
      ...(rate === 'none' ? {} : { rate }),
    },
  };
}
