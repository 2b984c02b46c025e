/** Gathers what happens in the demo: what the clients see, what the gateway decides and reports. All that is mutable of it. */
import type { GatewayOptions } from '@spillway/gateway';
import { statusOf } from '@spillway/policy';
import type { FleetReport } from '@spillway/protocol';
import type { Indexed } from './chat-app.ts';
import type { ChatRound } from './chat-figures.ts';
import { type ChatSight, type ChatTally, chatTally, NOTHING_ASKED } from './chat-tally.ts';
import { CONVERSATIONS } from './crowd-questions.ts';
import { addDecision, type DecisionRow } from './decisions.ts';
import { type DeploymentRow, deploymentRows, type Minutes, minutesOf, type Shown } from './deployments.ts';
import { DEPLOYMENT } from './examples.ts';
import type { Round } from './figures.ts';
import { type Load, QUOTA_TOKENS_PER_MINUTE } from './load.ts';
import { ANSWERS, FIRST_ANSWERS, THROTTLED } from './resources.ts';
import type { ChatScene, Phase, Scene } from './scene.ts';
import { NOTHING_SENT, type Sight, type Tally, tally } from './tally.ts';

export type GatewayEvent = Parameters<NonNullable<GatewayOptions['emit']>>[0];

export class Board {
  readonly #load: Load;
  readonly #startMs: number;
  #direct: Tally = NOTHING_SENT;
  #spillway: Tally = NOTHING_SENT;
  #chat: ChatTally = NOTHING_ASKED;
  #indexed: Indexed | null = null;
  #decisions: readonly DecisionRow[] = [];
  #deployments: readonly DeploymentRow[] = [];
  #minutes: Minutes = new Map();
  #reportMs = 0;
  readonly #notices: readonly string[];
  #phase: Phase = 'load';
  /** Since when the gateway is the visitor's, on its clock. */
  #openMs = Number.POSITIVE_INFINITY;

  /** @param startMs when the load begins, on the gateway's clock. */
  constructor(load: Load, startMs: number, notices: readonly string[]) {
    this.#load = load;
    this.#startMs = startMs;
    this.#notices = notices;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** @param nowMs on the gateway's clock. */
  enter(phase: Phase, nowMs: number): void {
    this.#phase = phase;
    if (phase === 'open') this.#openMs = nowMs;
  }

  seeDirect(sight: Sight): void {
    this.#direct = tally(this.#direct, sight);
  }

  seeSpillway(sight: Sight): void {
    this.#spillway = tally(this.#spillway, sight);
  }

  seeChat(sight: ChatSight): void {
    this.#chat = chatTally(this.#chat, sight, FIRST_ANSWERS);
  }

  indexed(indexed: Indexed): void {
    this.#indexed = indexed;
  }

  /** Documents are indexed while the load runs: that is no part of its story. */
  event(event: GatewayEvent): void {
    if (event.kind !== 'attemptJudged') return;
    if (this.#isLoad && event.attempt.deployment.name !== DEPLOYMENT) return;
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
    this.#deployments = deploymentRows(report, this.#minutes, this.#shown());
  }

  get #isLoad(): boolean {
    return this.#phase === 'load' || this.#phase === 'settling';
  }

  #shown(): Shown {
    return { name: this.#phase === 'documents' ? ANSWERS : DEPLOYMENT, othersSinceMs: this.#openMs };
  }

  /** What the figures of the load are made of; when it has ended, since later attempts are others'. */
  round(): Omit<Round, 'version' | 'seed' | 'urls' | 'chat'> {
    return {
      load: this.#load,
      quotaTokensPerMinute: QUOTA_TOKENS_PER_MINUTE,
      direct: this.#direct,
      spillway: this.#spillway,
      deployments: this.#deployments,
      decisions: this.#decisions,
    };
  }

  /** What the figures of the chat app are made of. */
  chat(): ChatRound {
    const { documents, ...scene } = this.#chatScene();
    return { ...scene, indexed: this.#indexed };
  }

  #chatScene(): ChatScene {
    return {
      ...this.#chat,
      users: CONVERSATIONS.length,
      planned: CONVERSATIONS.flat().length,
      documents: this.#indexed?.documents ?? null,
      throttled: THROTTLED,
    };
  }

  scene(nowMs: number): Scene {
    return {
      phase: this.#phase,
      nowMs: nowMs - this.#startMs,
      loadMs: this.#load.durationMs,
      planned: this.#load.requests.length,
      quotaTokens: QUOTA_TOKENS_PER_MINUTE,
      direct: this.#direct,
      spillway: this.#spillway,
      chat: this.#chatScene(),
      deployments: this.#deployments,
      decisions: this.#decisions,
      notices: this.#notices,
    };
  }
}
