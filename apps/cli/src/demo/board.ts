/** Gathers what happens in the demo: what the clients see, what the gateway decides and reports. All that is mutable of it. */
import type { GatewayOptions } from '@spillway/gateway';
import { statusOf } from '@spillway/policy';
import type { FleetReport } from '@spillway/protocol';
import { addDecision, type DecisionRow } from './decisions.ts';
import { type DeploymentRow, deploymentRows, type Minutes, minutesOf } from './deployments.ts';
import { DEPLOYMENT } from './examples.ts';
import type { Round } from './figures.ts';
import { type Load, QUOTA_TOKENS_PER_MINUTE } from './load.ts';
import type { Phase, Scene } from './scene.ts';
import { NOTHING_SENT, type Sight, type Tally, tally } from './tally.ts';

export type GatewayEvent = Parameters<NonNullable<GatewayOptions['emit']>>[0];

export class Board {
  readonly #load: Load;
  readonly #startMs: number;
  #direct: Tally = NOTHING_SENT;
  #spillway: Tally = NOTHING_SENT;
  #decisions: readonly DecisionRow[] = [];
  #deployments: readonly DeploymentRow[] = [];
  #minutes: Minutes = new Map();
  #reportMs = 0;
  readonly #notices: readonly string[];
  phase: Phase = 'load';

  /** @param startMs when the load begins, on the gateway's clock. */
  constructor(load: Load, startMs: number, notices: readonly string[]) {
    this.#load = load;
    this.#startMs = startMs;
    this.#notices = notices;
  }

  seeDirect(sight: Sight): void {
    this.#direct = tally(this.#direct, sight);
  }

  seeSpillway(sight: Sight): void {
    this.#spillway = tally(this.#spillway, sight);
  }

  event(event: GatewayEvent): void {
    if (event.kind !== 'attemptJudged') return;
    const { startedMs, deployment, outcome } = event.attempt;
    this.#decisions = addDecision(this.#decisions, {
      startedMs: startedMs - this.#startMs,
      backend: deployment.backend.name,
      url: deployment.backend.url,
      fate: String(statusOf(outcome) ?? outcome.kind),
      waitMs: outcome.kind === 'throttled' ? (outcome.hint?.waitMs ?? null) : null,
    });
  }

  /** Two may be under way at a time: an older one that comes late is passed over. */
  report(report: FleetReport): void {
    if (report.nowMs < this.#reportMs) return;
    this.#reportMs = report.nowMs;
    this.#minutes = minutesOf(this.#minutes, report);
    this.#deployments = deploymentRows(report, this.#minutes, DEPLOYMENT);
  }

  /** What the figures are made of. */
  round(): Omit<Round, 'version' | 'seed' | 'urls'> {
    return {
      load: this.#load,
      quotaTokensPerMinute: QUOTA_TOKENS_PER_MINUTE,
      direct: this.#direct,
      spillway: this.#spillway,
      deployments: this.#deployments,
      decisions: this.#decisions,
    };
  }

  scene(nowMs: number): Scene {
    return {
      phase: this.phase,
      nowMs: nowMs - this.#startMs,
      loadMs: this.#load.durationMs,
      planned: this.#load.requests.length,
      quotaTokens: QUOTA_TOKENS_PER_MINUTE,
      direct: this.#direct,
      spillway: this.#spillway,
      deployments: this.#deployments,
      decisions: this.#decisions,
      notices: this.#notices,
    };
  }
}
