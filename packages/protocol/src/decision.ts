/**
 * What the admin port tells of decisions. The whole record of one, `GET /admin/decisions/{requestId}`, is policy's `DecisionRecord`;
 * this is the short form in lists. Moments are milliseconds since 1970 by the gateway's clock. Fields may be added.
 */

/** Answer of `GET /admin/decisions`. */
export interface DecisionList {
  readonly nowMs: number;
  /** Records that are kept now. */
  readonly kept: number;
  /** The setting `explain.recordsMax`; 0 keeps none. */
  readonly recordsMax: number;
  /** Newest first: those that were asked for. */
  readonly decisions: readonly DecisionSummary[];
}

export interface DecisionSummary {
  readonly requestId: string;
  readonly endedMs: number;
  readonly durationMs: number;
  /** null without client keys. */
  readonly client: string | null;
  readonly operation: string;
  /** The name asked for. */
  readonly model: string | null;
  readonly pool: string | null;
  /** What the client got; 499 where it left first. */
  readonly status: number;
  /** Id of the deployment whose answer the client got; null where it got the gateway's own. */
  readonly servedBy: string | null;
  readonly attempts: readonly DecisionTry[];
  /** Held for quota, in all. */
  readonly waitedMs: number;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** Money, of the tokens at the configured prices; null: not known. Absent where the gateway has no prices. */
  readonly cost?: { readonly amount: number; readonly currency: string; readonly basis: 'usage' | 'estimate' } | null;
}

export interface DecisionTry {
  /** Id. */
  readonly deployment: string;
  /** For example `answered`, `throttled`, `connectFailed`. */
  readonly outcome: string;
  /** null where there was no answer. */
  readonly status: number | null;
}
