/** Each figure of the lab: what it is called, what it is counted in, what it means. */
import { FIGURE_IDS, type FigureId, type FigureKind } from './view.ts';

type Row = Omit<FigureKind, 'id'>;

const KINDS: Readonly<Record<FigureId, Row>> = {
  requests: {
    name: 'requests',
    unit: 'in a run',
    better: null,
    digits: 0,
    definition: 'Requests that arrived after the warm-up; one that comes back as it was told does not count again.',
  },
  refused: {
    name: '429s',
    unit: 'per 10,000',
    better: 'lower',
    digits: 1,
    definition: '429s that clients saw on their first request, for 10,000 requests.',
  },
  beyondOracle: {
    name: '429s past oracle',
    unit: 'per 10,000',
    better: 'lower',
    digits: 1,
    definition: 'The 429s above beyond those of the oracle on the same trace under the same bounds of waiting.',
  },
  goodput: {
    name: 'goodput',
    unit: '% of oracle',
    better: 'higher',
    digits: 1,
    definition:
      'Tokens of the requests that were served, as a Standard deployment charges them, divided by those that the oracle serves.',
  },
  wasted: {
    name: 'wasted sends',
    unit: 'per 1,000',
    better: 'lower',
    digits: 2,
    definition: 'Tries that Azure refused with 429, for 1,000 requests.',
  },
  provisionedAtSpill: {
    name: 'PTU at spill',
    unit: '%',
    better: 'higher',
    digits: 1,
    definition:
      'True utilisation of the emptiest provisioned deployment whenever a request went past it, the mean of those moments.',
  },
  provisionedMean: {
    name: 'PTU mean',
    unit: '%',
    better: null,
    digits: 1,
    definition: 'True utilisation of the provisioned deployments, the mean over the measured time.',
  },
  interactiveRefused: {
    name: 'interactive 429s',
    unit: 'per 10,000',
    better: 'lower',
    digits: 1,
    definition: 'Of 10,000 interactive requests, those whose client saw a 429.',
  },
  waitP50: {
    name: 'wait p50',
    unit: 'ms',
    better: 'lower',
    digits: 0,
    definition: 'Half of the answered requests waited no longer than this in the gateway for quota.',
  },
  waitP99: {
    name: 'wait p99',
    unit: 'ms',
    better: 'lower',
    digits: 0,
    definition: '99 % of the answered requests waited no longer than this in the gateway for quota.',
  },
  fairness: {
    name: 'fairness',
    unit: 'Jain, 0–1',
    better: 'higher',
    digits: 3,
    definition:
      "Jain's index over the clients' shares of their own demand that was served: 1 where all are served alike, 1/n where one of n has everything.",
  },
  cached: {
    name: 'cached share',
    unit: '% of perfect',
    better: 'higher',
    digits: 1,
    definition:
      'Prompt tokens that were read from a cache, divided by those of one deployment that has read every prompt before.',
  },
  forecastError: {
    name: 'forecast error',
    unit: '% of limit',
    better: 'lower',
    digits: 2,
    definition:
      'Tokens of a Standard quota that are believed to be left against those that are, as a share of the limit: the mean over all seconds.',
  },
  utilisationError: {
    name: 'PTU error',
    unit: 'points, p95',
    better: 'lower',
    digits: 1,
    definition:
      'Believed less true utilisation of provisioned deployments, without the sign, each second: 95 % are no larger.',
  },
  honest: {
    name: 'honest times',
    unit: '% served',
    better: 'higher',
    digits: 1,
    definition:
      'Of the clients that came back for the first time when they had been told to, those that were served then.',
  },
};

/** In the order in which they are told. */
export const FIGURE_KINDS: readonly FigureKind[] = FIGURE_IDS.map((id) => ({ id, ...KINDS[id] }));

export function figureKind(id: FigureId): FigureKind {
  return { id, ...KINDS[id] };
}
