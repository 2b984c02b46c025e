/** The figures of a round: what `--json` prints, what the summary puts into words, and what `--once` judges. Pure. */
import { type ChatFigures, type ChatRound, chatFailures, chatFigures } from './chat-figures.ts';
import type { DecisionRow } from './decisions.ts';
import type { DeploymentRow } from './deployments.ts';
import type { Load } from './load.ts';
import { median, type Tally, waiting } from './tally.ts';

/** One JSON object on standard output. Additions are free; changes are news in the CHANGELOG. */
export interface Figures {
  readonly version: string;
  readonly seed: number;
  readonly verdict: 'passed' | 'failed';
  /** Why it failed; empty where it passed. */
  readonly failures: readonly string[];
  readonly load: {
    /** Requests sent each way. */
    readonly requests: number;
    readonly streamedRequests: number;
    readonly durationMs: number;
    /** All requests together, as Azure counts them on arrival. */
    readonly tokens: number;
  };
  /** Of each of the resources. */
  readonly quotaTokensPerMinute: number;
  readonly direct: WayFigures;
  readonly spillway: WayFigures;
  /** 429s that Azure sent to the gateway. */
  readonly throttles: number;
  /** Those of the load; the chat app has its own. */
  readonly deployments: readonly DeploymentFigures[];
  /** After the load: users ask documents while resources are throttled. */
  readonly chat: ChatFigures;
  readonly urls: { readonly gateway: string; readonly admin: string; readonly chat: string };
}

/** What a client saw that sent the load one way; `sent` = `answered` + `refused429` + `failed` + `unanswered`. */
export interface WayFigures {
  readonly sent: number;
  readonly answered: number;
  readonly refused429: number;
  readonly failed: number;
  /** Without an answer when the round ended. */
  readonly unanswered: number;
  /** From the start of the load; null: none came. */
  readonly firstRefused429AfterMs: number | null;
  /** To the end of an answer, over the answered requests; null without any. */
  readonly answerMsMedian: number | null;
  /** Reasons of `failed`, the first ones. */
  readonly failures: readonly string[];
}

export interface DeploymentFigures {
  readonly id: string;
  /** Attempts that were answered. */
  readonly served: number;
  /** 429s it sent. */
  readonly throttles: number;
  /** From the start of the load; null: it sent none. */
  readonly firstThrottledAfterMs: number | null;
}

export interface Round {
  readonly version: string;
  readonly seed: number;
  readonly load: Load;
  readonly quotaTokensPerMinute: number;
  readonly direct: Tally;
  readonly spillway: Tally;
  readonly deployments: readonly DeploymentRow[];
  readonly decisions: readonly DecisionRow[];
  readonly chat: ChatRound;
  readonly urls: Figures['urls'];
}

export function figuresOf(round: Round): Figures {
  const { requests, durationMs } = round.load;
  const failures = [...failuresOf(round), ...chatFailures(round.chat)];
  return {
    version: round.version,
    seed: round.seed,
    verdict: failures.length === 0 ? 'passed' : 'failed',
    failures,
    load: {
      requests: requests.length,
      streamedRequests: requests.filter(({ streamed }) => streamed).length,
      durationMs,
      tokens: requests.reduce((sum, { tokens }) => sum + tokens, 0),
    },
    quotaTokensPerMinute: round.quotaTokensPerMinute,
    direct: wayFigures(round.direct),
    spillway: wayFigures(round.spillway),
    throttles: round.deployments.reduce((sum, { throttles }) => sum + throttles, 0),
    deployments: round.deployments.map(({ id, backend, served, throttles }) => ({
      id,
      served,
      throttles,
      firstThrottledAfterMs: firstThrottledMs(round.decisions, backend),
    })),
    chat: chatFigures(round.chat),
    urls: round.urls,
  };
}

function wayFigures(of: Tally): WayFigures {
  const answerMs = median(of.answerMs);
  return {
    sent: of.sent,
    answered: of.answered,
    refused429: of.refused,
    failed: of.failed,
    unanswered: waiting(of),
    firstRefused429AfterMs: of.firstRefusedMs === null ? null : Math.round(of.firstRefusedMs),
    answerMsMedian: answerMs === null ? null : Math.round(answerMs),
    failures: of.failures,
  };
}

function firstThrottledMs(decisions: readonly DecisionRow[], backend: string): number | null {
  const row = decisions.find((each) => each.backend === backend && each.fate === '429');
  return row === undefined ? null : Math.round(row.startedMs);
}

/** What the round was to show, and did not. */
function failuresOf({ load, direct, spillway, deployments }: Round): readonly string[] {
  const planned = load.requests.length;
  const failures: string[] = [];
  if (spillway.answered < planned) {
    const { sent, answered, refused, failed, failures: reasons } = spillway;
    const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
    failures.push(
      `through Spillway ${answered} of ${planned} requests were answered: ${refused} got 429, ` +
        `${failed} failed${why}, ${waiting(spillway)} had no answer in time, ${planned - sent} were not sent`,
    );
  }
  if (direct.refused === 0) {
    failures.push(
      'nothing was refused straight to one resource, so nothing was shown: the load did not use up its quota',
    );
  }
  if (deployments.filter(({ served }) => served > 0).length < 2) {
    failures.push('no second deployment served, so nothing was shown: the load fitted into one');
  }
  return failures;
}
