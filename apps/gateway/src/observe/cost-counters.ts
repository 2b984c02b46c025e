/** What exchanges cost, summed for metrics: by client, model, deployment and currency. Sums that never fall, and only so many. */
import { COST_UNKNOWN, type CostUnknown, NOBODY, OTHERS } from '@spillway/policy';
import type { ExchangeRecord } from './events.ts';

/** What has a longer id is not told apart: a client chose its name. As everywhere in the metrics. Characters. */
export const NAMED_CHARS_MAX = 300;
/** Sums told apart; what comes when there are so many goes to one sum. */
export const COST_SUMS_MAX = 1_000;

export interface CostSum {
  /** Name; {@link NOBODY} without client keys, {@link OTHERS} where it is not told apart. */
  readonly client: string;
  /** As its deployment has it, or {@link OTHERS}. */
  readonly model: string;
  /** Id, or {@link OTHERS}. */
  readonly deployment: string;
  readonly currency: string;
  /** Money. */
  readonly amount: number;
}

type Names = Omit<CostSum, 'amount'>;

export class CostCounters {
  readonly #sums = new Map<string, Names & { amount: number }>();
  readonly #unknown: Record<CostUnknown, number> = { noPrice: 0, noUsage: 0 };

  ended({ cost, client, deployment, status }: ExchangeRecord): void {
    if (cost === null || deployment === null) return;
    if (typeof cost === 'string') {
      if (status < 400) this.#unknown[cost]++;
      return;
    }
    const { model, currency, amount } = cost;
    this.#of({ client: client ?? NOBODY, model, deployment, currency }).amount += amount;
  }

  /** In the order in which they came. */
  get sums(): Iterable<CostSum> {
    return this.#sums.values();
  }

  /** Exchanges that were answered well, by why their cost is not known. */
  get unknown(): ReadonlyArray<readonly [why: CostUnknown, exchanges: number]> {
    return COST_UNKNOWN.map((why) => [why, this.#unknown[why]]);
  }

  #of(names: Names): { amount: number } {
    const { client, model, deployment, currency } = names;
    const key = `${currency} ${client}\n${deployment}\n${model}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const isFull = this.#sums.size >= COST_SUMS_MAX || deployment.length > NAMED_CHARS_MAX;
    if (isFull && deployment !== OTHERS)
      return this.#of({ client: OTHERS, model: OTHERS, deployment: OTHERS, currency });
    const sum = { ...names, amount: 0 };
    this.#sums.set(key, sum);
    return sum;
  }
}
