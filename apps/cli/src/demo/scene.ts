/** Everything the demo's view shows at one moment. */
import type { DecisionRow } from './decisions.ts';
import type { DeploymentRow } from './deployments.ts';
import type { Tally } from './tally.ts';

/** load: requests go out. settling: the last answers come in. open: the load is over, the gateway is the visitor's. */
export type Phase = 'load' | 'settling' | 'open';

export interface Scene {
  readonly phase: Phase;
  /** From the start of the load. Milliseconds. */
  readonly nowMs: number;
  readonly loadMs: number;
  /** Requests of the plan; each goes both ways. */
  readonly planned: number;
  /** Of each resource, a minute. */
  readonly quotaTokens: number;
  readonly direct: Tally;
  readonly spillway: Tally;
  readonly deployments: readonly DeploymentRow[];
  readonly decisions: readonly DecisionRow[];
  /** What a visitor should know, such as a port that moved. */
  readonly notices: readonly string[];
}
