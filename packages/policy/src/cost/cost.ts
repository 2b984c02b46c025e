/**
 * What one exchange costs, from the tokens that its answer told and the prices that the configuration gives. Reckoned once, when the
 * exchange has ended; no choice looks at it, so that replaying choices does not depend on it.
 *
 * Units are paid for by the hour whether they work or not: what they serve costs nothing more, and is marked as theirs. Tokens that
 * told nothing, a try that was called off or broke, what Azure bills by other measures: none of it is in here.
 */
import { type DeploymentType, isProvisioned, type Usage } from '@spillway/protocol';
import type { PerMillion, PriceBook } from './prices.ts';

/** tokens: paid for by the token. provisioned: served by units, so that the request itself cost nothing more. */
export const COST_KINDS = ['tokens', 'provisioned'] as const;
export type CostKind = (typeof COST_KINDS)[number];

/** usage: as the answer told it. estimate: made from bytes, since the stream did not tell; may be off by half or more. */
export const COST_BASES = ['usage', 'estimate'] as const;
export type CostBasis = (typeof COST_BASES)[number];

export interface Cost {
  readonly kind: CostKind;
  /** Money, in `currency`; not rounded. */
  readonly amount: number;
  readonly currency: string;
  /** Day of the prices. */
  readonly asOf: string;
  readonly basis: CostBasis;
  /** The cached ones included. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly answerTokens: number;
  /** Whose prices they are. */
  readonly model: string;
  /** Money for a million tokens; null: by units. */
  readonly perMillion: PerMillion | null;
}

/** noPrice: the configuration has none for the model. noUsage: nothing told, or let guess, how many tokens there were. */
export const COST_UNKNOWN = ['noPrice', 'noUsage'] as const;
export type CostUnknown = (typeof COST_UNKNOWN)[number];

export interface Spent {
  readonly usage: Usage;
  /** Made from bytes. */
  readonly estimated: boolean;
}

/** As much of a deployment as decides its price. */
export interface PricedDeployment {
  readonly name: string;
  readonly model: string | null;
  readonly type: DeploymentType | null;
}

/** @param served by whom; null: nobody. @returns why it is not known, where it is not. */
export function exchangeCost(book: PriceBook, served: PricedDeployment | null, spent: Spent): Cost | CostUnknown {
  if (served === null || !isTold(spent.usage)) return 'noUsage';
  const { currency, asOf } = book.table.origin;
  const model = served.model ?? served.name;
  const told = { currency, asOf, model };
  if (served.type !== null && isProvisioned(served.type)) return costFrom(spent, null, told) ?? 'noPrice';
  const perMillion = book.perMillion(model, served.type);
  return (perMillion === null ? null : costFrom(spent, perMillion, told)) ?? 'noPrice';
}

/** @param perMillion null: by units. @returns null: the answer has tokens and no price. */
export function costFrom(
  { usage, estimated }: Spent,
  perMillion: PerMillion | null,
  { currency, asOf, model }: Pick<Cost, 'currency' | 'asOf' | 'model'>,
): Cost | null {
  const promptTokens = usage.promptTokens ?? 0;
  // Azure has none that are not of the prompt; what is told otherwise must not make money of it.
  const cachedTokens = Math.min(usage.cachedTokens ?? 0, promptTokens);
  const answerTokens = usage.completionTokens ?? 0;
  const amount = perMillion === null ? 0 : tokenCost({ promptTokens, cachedTokens, answerTokens }, perMillion);
  if (amount === null) return null;
  const kind = perMillion === null ? 'provisioned' : 'tokens';
  const basis = estimated ? 'estimate' : 'usage';
  return { kind, amount, currency, asOf, basis, promptTokens, cachedTokens, answerTokens, model, perMillion };
}

const MILLION = 1_000_000;

/** Money; null: there are tokens of an answer, and no price of them. Embeddings have no answer. */
export function tokenCost(
  { promptTokens, cachedTokens, answerTokens }: Pick<Cost, 'promptTokens' | 'cachedTokens' | 'answerTokens'>,
  { input, cachedInput, output }: PerMillion,
): number | null {
  if (output === null && answerTokens > 0) return null;
  return ((promptTokens - cachedTokens) * input + cachedTokens * cachedInput + answerTokens * (output ?? 0)) / MILLION;
}

function isTold({ promptTokens, completionTokens }: Usage): boolean {
  return promptTokens !== null || completionTokens !== null;
}
