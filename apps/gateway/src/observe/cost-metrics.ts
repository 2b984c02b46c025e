/** The metrics of what tokens cost, where the configuration has prices. */
import type { Metric } from './metrics.ts';

export const COST_METRICS: readonly Metric[] = [
  {
    name: 'spillway_cost_total',
    type: 'counter',
    unit: 'money',
    labels: ['client', 'model', 'deployment', 'currency'],
    help: 'What ended exchanges cost, by the tokens that their answers told (or, of streams that did not, an estimate) and the configured `prices`. What provisioned units served adds 0. For comparing and alerts, not an invoice. Absent without prices.',
    read: ({ counters }, take) => {
      for (const { client, model, deployment, currency, amount } of counters.costs.sums)
        take([client, model, deployment, currency], amount);
    },
  },
  {
    name: 'spillway_cost_unknown_total',
    type: 'counter',
    unit: null,
    labels: ['reason'],
    help: 'Exchanges that were answered well and are missing from `spillway_cost_total`. noPrice: the configured `prices` have none for the model. noUsage: the answer told no tokens.',
    read: ({ counters }, take) => {
      for (const [reason, exchanges] of counters.costs.unknown) take([reason], exchanges);
    },
  },
];
