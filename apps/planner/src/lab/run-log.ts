/** What a run writes down: each fate, each spill, and looks at belief and truth in between. */
import type { Deployment, Pool, States } from '@spillway/policy';
import { NO_USAGE } from '@spillway/protocol';
import type { Visit } from './run-visit.ts';
import type { TrueDeployment } from './truth.ts';
import type { TrueAnswer } from './truth-answer.ts';
import { isProvisionedLab } from './truth-cost.ts';
import { hash, textHash } from './truth-faults.ts';
import type { Fate, RunSpec } from './types.ts';

/** A deployment at one moment, as it is and as it is believed to be. */
export interface Sample {
  readonly atMs: number;
  readonly deployment: string;
  readonly isProvisioned: boolean;
  /** True; 1 is 100 %: of a provisioned bucket, or of a Standard minute's tokens. */
  readonly utilisation: number;
  /** As believed, of a provisioned deployment; null: unknown, or Standard. */
  readonly believedUtilisation: number | null;
  /** True: of the present minute. Tokens. */
  readonly leftTokens: number;
  /** As believed; null: unknown. Tokens. */
  readonly believedLeftTokens: number | null;
  /** What the forecast says of its own error; null: never compared. Tokens. */
  readonly errorTokens: number | null;
  /** True limit. Tokens per minute. */
  readonly limitTokens: number;
  /** Tries sent and refused since the sample before. */
  readonly sent: number;
  readonly refused: number;
}

/** A request went elsewhere though provisioned units come first. */
export interface Spill {
  readonly atMs: number;
  readonly class: Fate['arrival']['class'];
  /** True, of the emptiest provisioned deployment that comes before; 1 is 100 %. */
  readonly utilisation: number;
}

export interface Run {
  readonly fates: readonly Fate[];
  readonly samples: readonly Sample[];
  readonly spills: readonly Spill[];
  /** Of all fates in their order: two runs that are the same have the same. */
  readonly digest: string;
}

interface Tally {
  sent: number;
  refused: number;
}

export class RunLog {
  readonly #pool: Pool;
  readonly #states: States;
  readonly #truths: readonly TrueDeployment[];
  readonly #fates: Fate[] = [];
  readonly #samples: Sample[] = [];
  readonly #spills: Spill[] = [];
  readonly #tallies = new Map<string, Tally>();
  #digest = 0;

  constructor({ scenario }: RunSpec, truths: readonly TrueDeployment[], pool: Pool, states: States) {
    this.#pool = pool;
    this.#states = states;
    this.#truths = truths;
    for (const { id } of scenario.fleet) this.#tallies.set(id, { sent: 0, refused: 0 });
  }

  sends({ arrival }: Visit, { id, priority }: Deployment, nowMs: number): void {
    const tally = this.#tallies.get(id);
    if (tally !== undefined) tally.sent++;
    let emptiest = Number.POSITIVE_INFINITY;
    for (const truth of this.#truths) {
      if (isProvisionedLab(truth.spec) && truth.spec.priority < priority) {
        emptiest = Math.min(emptiest, truth.utilisation(nowMs));
      }
    }
    if (emptiest === Number.POSITIVE_INFINITY) return;
    this.#spills.push({ atMs: nowMs, class: arrival.class, utilisation: emptiest });
  }

  refusedBy(visit: Visit, { id }: Deployment): void {
    visit.wasted++;
    const tally = this.#tallies.get(id);
    if (tally !== undefined) tally.refused++;
  }

  served(visit: Visit, { id }: Deployment, { usage, used, status }: TrueAnswer, nowMs: number): void {
    this.#write({ ...fateOf(visit, status, nowMs), servedBy: id, usage, charged: used });
  }

  ended(visit: Visit, status: number, toldMs: number | null, nowMs: number): void {
    this.#write({ ...fateOf(visit, status, nowMs), toldMs });
  }

  sample(nowMs: number): void {
    for (const [i, truth] of this.#truths.entries()) {
      const deployment = this.#pool.members[i];
      if (deployment === undefined) continue;
      const report = this.#states.deployment(deployment).quotas[0]?.report(nowMs);
      const tally = this.#tallies.get(deployment.id) ?? { sent: 0, refused: 0 };
      this.#tallies.set(deployment.id, { sent: 0, refused: 0 });
      this.#samples.push({
        atMs: nowMs,
        deployment: deployment.id,
        isProvisioned: isProvisionedLab(truth.spec),
        utilisation: truth.utilisation(nowMs),
        believedUtilisation: report?.utilisation ?? null,
        leftTokens: truth.leftTokens(nowMs),
        believedLeftTokens: report?.remainingTokens ?? null,
        errorTokens: report?.errorTokens ?? null,
        limitTokens: truth.limitTokens(nowMs),
        ...tally,
      });
    }
  }

  result(): Run {
    const digest = (this.#digest >>> 0).toString(16).padStart(8, '0');
    return { fates: this.#fates, samples: this.#samples, spills: this.#spills, digest };
  }

  #write(fate: Fate): void {
    this.#fates.push(fate);
    const times = hash(Math.floor(fate.enteredMs * 1024), Math.floor(fate.answeredMs * 1024));
    const what = hash(fate.status, textHash(fate.servedBy ?? ''));
    this.#digest = hash(hash(this.#digest, times), hash(what, fate.sends * 4096 + Math.round(fate.charged)));
  }
}

function fateOf(visit: Visit, status: number, nowMs: number): Fate {
  const { arrival, enteredMs, tried, wasted, waitedMs, comebacks } = visit;
  return {
    arrival,
    status,
    servedBy: null,
    sends: tried.length,
    wasted,
    enteredMs,
    answeredMs: nowMs,
    waitedMs,
    toldMs: null,
    isComeback: comebacks > 0,
    comebacks,
    usage: NO_USAGE,
    charged: 0,
  };
}
