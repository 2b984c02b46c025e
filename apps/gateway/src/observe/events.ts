/**
 * What the path tells of itself. Logs, metrics and usage are folds over these events, so each is tested with a list of events
 * and no server. Events hold no header values but Azure's request ids, no bodies and no credentials.
 */

import type {
  AzureIds,
  BreakerState,
  Cost,
  CostUnknown,
  Deployment,
  Outcome,
  PassedOver,
  RequestClass,
  ThrottleSource,
} from '@spillway/policy';
import type { Usage } from '@spillway/protocol';
import type { Trail } from '../explain/trail.ts';

/** One try of an exchange on one deployment. */
export interface AttemptRecord {
  readonly requestId: string;
  /** 1 for the first try of an exchange. */
  readonly number: number;
  readonly deployment: Deployment;
  readonly method: string;
  /** Path sent upstream, without query. */
  readonly path: string;
  readonly startedMs: number;
  /** Why the others were passed over when this one was picked. */
  readonly passedOver: readonly PassedOver[];
  outcome: Outcome;
  /** From start to the answer's head; null where none came. */
  headMs: number | null;
  /** From start to the end of the attempt; null while it goes on. */
  durationMs: number | null;
  /** `x-ratelimit-remaining-*` and `-limit-*` of the answer as Azure wrote them; null where absent. */
  quota: QuotaHeaders | null;
  /** Held to be charged on arrival, once it is over; null: nothing is known of the quota. Tokens. */
  chargedTokens: number | null;
  /** Of the answer, once it is over. */
  azure: AzureIds;
}

export interface QuotaHeaders {
  readonly remainingTokens: string | null;
  readonly remainingRequests: string | null;
  readonly limitTokens: string | null;
  readonly limitRequests: string | null;
}

/** How a wait for quota ended. expired: its time was over. left: its client has gone, or it ran out of time otherwise. */
export const WAIT_ENDINGS = ['served', 'expired', 'left'] as const;
export type WaitEnding = (typeof WAIT_ENDINGS)[number];

/** How an exchange ended for its client: whole, broken after its answer had begun, or without the client. */
export type Ending = 'whole' | 'cut' | 'clientGone';

export interface ExchangeRecord {
  readonly requestId: string;
  /** The caller's name; null without client keys. */
  readonly client: string | null;
  readonly operation: string;
  /** The name asked for; null where the request names none. */
  readonly model: string | null;
  /** Id of the deployment that answered; null where the gateway answered itself. */
  readonly deployment: string | null;
  readonly attempts: number;
  /** What the client got; 499 where it left first. */
  readonly status: number;
  readonly ending: Ending;
  readonly streamed: boolean;
  /** A second try was made beside a slow first one. */
  readonly hedged: boolean;
  readonly usage: Usage;
  /** `usage` is made from bytes: the stream did not tell it. */
  readonly usageEstimated: boolean;
  /** Or why it is not known; null: the gateway has no prices. */
  readonly cost: Cost | CostUnknown | null;
  /** For quota, all waits together; part of `durationMs`. Milliseconds. */
  readonly waitedMs: number;
  /** From the request's head to the first byte of the answer; null where none was sent. Milliseconds. */
  readonly ttfbMs: number | null;
  /** From the request's head to the end. Milliseconds. */
  readonly durationMs: number;
  /** Milliseconds since 1970. */
  readonly endedMs: number;
}

export type GatewayEvent =
  | { readonly kind: 'exchangeBegan' }
  /** The attempt's fate is known: its answer goes to the client, or it failed. For logs. */
  | { readonly kind: 'attemptJudged'; readonly attempt: AttemptRecord }
  /** Nothing more comes of the attempt; for a stream that is later than its judgement, and the outcome may have become `cut`. */
  | { readonly kind: 'attemptEnded'; readonly attempt: AttemptRecord; readonly usage: Usage; readonly endedMs: number }
  /** `trail`: what its record is made of; null: nothing was kept. */
  | { readonly kind: 'exchangeEnded'; readonly exchange: ExchangeRecord; readonly trail: Trail | null }
  /** A wait for quota is over. */
  | {
      readonly kind: 'waited';
      /** Name. */
      readonly pool: string;
      readonly class: RequestClass;
      readonly ending: WaitEnding;
      readonly waitedMs: number;
      readonly atMs: number;
    }
  | {
      readonly kind: 'throttled';
      readonly deployment: Deployment;
      readonly untilMs: number;
      readonly source: ThrottleSource;
      readonly atMs: number;
    }
  | {
      readonly kind: 'breakerMoved';
      readonly scope: 'deployment' | 'backend';
      /** Deployment id or backend name. */
      readonly name: string;
      readonly state: BreakerState;
      readonly atMs: number;
    }
  /** Something only an operator can mend, although failover may hide it from clients. */
  | { readonly kind: 'operatorProblem'; readonly subject: string; readonly message: string }
  | { readonly kind: 'notice'; readonly message: string };

export type Emit = (event: GatewayEvent) => void;
