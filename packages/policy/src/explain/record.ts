/**
 * What became of one request, and why, as plain JSON: each choice with all that it was made from, so that it can be made again
 * (replay.ts). Holds no body, no header's value but Azure's ids, no credential; a client by its name alone.
 */
import type { Usage } from '@spillway/protocol';
import type { Cost, CostUnknown } from '../cost/cost.ts';
import type { DeploymentType } from '../fleet.ts';
import type { PassedOverReason } from '../look.ts';
import type { Need } from '../need.ts';
import type { OutcomeKind } from '../outcome.ts';
import type { ChoiceFacts, StrategyName } from '../strategies/strategy.ts';
import type { Figure } from './figure.ts';

/** Moves with each change that a reader of older records would take wrongly. */
export const RECORD_VERSION = 1;

/** Moments are milliseconds since 1970, by the gateway's clock. */
export interface DecisionRecord {
  readonly version: typeof RECORD_VERSION;
  readonly requestId: string;
  /** The caller's name; null without client keys. */
  readonly client: string | null;
  /** For example `chat.completions`. */
  readonly operation: string;
  /** The name asked for; null where none was. */
  readonly model: string | null;
  /** null: it was refused before there was a choice. */
  readonly pool: string | null;
  readonly startedMs: number;
  readonly durationMs: number;
  /** What the client got; 499 where it left first. */
  readonly status: number;
  readonly ending: 'whole' | 'cut' | 'clientGone';
  /** Id of the deployment whose answer the client got; null where it got the gateway's own. */
  readonly servedBy: string | null;
  /** When the gateway itself told the client to come back. Milliseconds from the answer; null: it did not. */
  readonly retryAfterMs: number | null;
  /** What it was held to ask of a quota; null: it was refused before that was known. */
  readonly need: Need | null;
  readonly picks: readonly PickRecord[];
  /** Choices that were made and not kept: there were too many. */
  readonly picksLeftOut: number;
  readonly waits: readonly WaitRecord[];
  readonly attempts: readonly AttemptTold[];
  readonly usage: Usage;
  /** `usage` is made from bytes: the stream did not tell it. */
  readonly usageEstimated: boolean;
  /** Money, made from `usage` and the configured prices; what was charged against quotas, in tokens, stands with each attempt. null: not known. */
  readonly cost: Cost | null;
  /** Why `cost` is null; absent where it is known, and where the gateway has no prices at all. */
  readonly costUnknown?: CostUnknown;
  /** Of everything else: finds what was changed afterwards. Not a signature: whoever can change a record can also make a new digest. */
  readonly digest: string;
}

/** One choice. */
export interface PickRecord {
  readonly atMs: number;
  /** The dice: in [0, 1). */
  readonly unit: Figure;
  readonly strategy: StrategyName;
  readonly facts: { readonly [K in keyof ChoiceFacts]: Figure };
  readonly isLastResort: boolean;
  /** Id; null: none could be taken. */
  readonly chosen: string | null;
  /** Of each deployment of the pool, in its order. */
  readonly looks: readonly LookRecord[];
}

/** See {@link import('../look.ts').Look}. */
export interface LookRecord {
  readonly id: string;
  readonly model: string | null;
  readonly type: DeploymentType | null;
  readonly capacity: Figure | null;
  readonly priority: Figure;
  readonly weight: Figure;
  /** What stood in its way before the choice. */
  readonly found: ObstacleRecord | null;
  readonly isGuess: boolean;
  /** Why it was not taken; null: it was. */
  readonly reason: PassedOverReason | null;
  readonly untilMs: Figure | null;
  readonly free: Figure;
  readonly warmth: Figure;
  readonly inFlight: Figure;
  readonly latencyMs: Figure | null;
  readonly kinship: Figure;
  /** Absent in records of older gateways. */
  readonly isHot?: boolean;
}

export interface ObstacleRecord {
  readonly reason: PassedOverReason;
  readonly untilMs: Figure | null;
}

/** The request was held until quota opened, or until its time was over. */
export interface WaitRecord {
  readonly fromMs: number;
  readonly waitedMs: number;
}

/** One try. */
export interface AttemptTold {
  /** Id. */
  readonly deployment: string;
  readonly startedMs: number;
  /** From its start to the answer's head; null where none came. */
  readonly headMs: number | null;
  /** From its start to its end. */
  readonly durationMs: number | null;
  readonly outcome: OutcomeKind;
  /** null where there was no answer. */
  readonly status: number | null;
  /** Of the connection's failure, for example `ECONNREFUSED`. */
  readonly code: string | null;
  /** Held to be charged on arrival, of provisioned deployments normalised. Tokens; null: nothing is known of its quota. */
  readonly chargedTokens: number | null;
  readonly azure: AzureIds;
}

/** By which Azure's support finds a request (wire §4.1); null where the answer had none. */
export interface AzureIds {
  readonly apimRequestId: string | null;
  readonly requestId: string | null;
  readonly region: string | null;
}

export const NO_AZURE_IDS: AzureIds = { apimRequestId: null, requestId: null, region: null };
