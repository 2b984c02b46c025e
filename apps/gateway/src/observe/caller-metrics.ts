/** The metrics of what clients reserve of a quota and do not use. What to do about it: `GET /admin/advice`. */
import type { CallerSums } from '@spillway/policy';
import type { Metric } from './metrics.ts';

export const CALLER_METRICS: readonly Metric[] = [
  ofCaller(
    'spillway_answer_tokens_reserved_total',
    'Longest answers asked for (`max_tokens` and its likes, times `n`), by exchanges with such a bound that were answered. Azure counts them when a request comes.',
    ({ reservedTokens }) => reservedTokens,
  ),
  ofCaller(
    'spillway_answer_tokens_used_total',
    'Tokens of the answers to the same exchanges. What is missing was reserved for nothing; see `GET /admin/advice`.',
    ({ usedTokens }) => usedTokens,
  ),
];

function ofCaller(name: string, help: string, value: (sums: CallerSums) => number): Metric {
  return {
    name,
    type: 'counter',
    unit: 'tokens',
    labels: ['client'],
    help,
    read: ({ callers }, take) => {
      for (const sums of callers) take([sums.client], value(sums));
    },
  };
}
