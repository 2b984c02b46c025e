/** Everything the demo's view shows at one moment. */
import type { ChatTally } from './chat-tally.ts';
import type { DecisionRow } from './decisions.ts';
import type { DeploymentRow } from './deployments.ts';
import type { Tally } from './tally.ts';

/**
 * load: requests go out. settling: the last answers come in. documents: users ask the chat app. open: all is over, gateway and
 * chat app are the visitor's.
 */
export type Phase = 'load' | 'settling' | 'documents' | 'open';

/** The chat app, asked by simulated users. */
export interface ChatScene extends ChatTally {
  readonly users: number;
  /** Questions of the plan. */
  readonly planned: number;
  /** Indexed; null: not yet. */
  readonly documents: number | null;
  /** Names of the resources that are throttled meanwhile. */
  readonly throttled: readonly string[];
}

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
  readonly chat: ChatScene;
  readonly deployments: readonly DeploymentRow[];
  readonly decisions: readonly DecisionRow[];
  /** What a visitor should know, such as a port that moved. */
  readonly notices: readonly string[];
}
