/** What an exchange has been through so far: what its headers, its record and the records of its tries are made of. */
import { randomUUID } from 'node:crypto';
import { type Decision, type Deployment, isEcho, NO_AZURE_IDS, type Outcome, passedOver } from '@spillway/policy';
import { Trail } from '../explain/trail.ts';
import { pathFor } from '../forward/request.ts';
import type { AttemptRecord } from '../observe/events.ts';
import type { Attempt } from './attempt.ts';
import type { Job } from './job.ts';

export interface Told {
  readonly requestId: string;
  /** Ids of deployments. */
  readonly tried: string[];
  readonly outcomes: Outcome[];
  /** The last deployment that refused the request as too long; null: none did. */
  tooLongFor: Deployment | null;
  /** The last one. */
  decision: Decision | null;
  /** In which form the client asked to be told of it; null: it did not. */
  wantsDecision: 'text' | 'json' | null;
  /** For the record of the exchange. */
  readonly trail: Trail;
  /** Name of the caller; null without client keys. */
  client: string | null;
  operation: string;
  /** The name asked for; null where none was. */
  model: string | null;
  /** Id of the deployment whose answer the client gets; null where it gets the gateway's own. */
  servedBy: string | null;
  streamed: boolean;
  /** A second try was made beside a slow first one. */
  hedged: boolean;
  /** Of the request's body. */
  bodyBytes: number;
}

export function newTold(): Told {
  return {
    requestId: randomUUID(),
    tried: [],
    outcomes: [],
    tooLongFor: null,
    decision: null,
    wantsDecision: null,
    trail: new Trail(),
    client: null,
    operation: 'other',
    model: null,
    servedBy: null,
    streamed: false,
    hedged: false,
    bodyBytes: 0,
  };
}

/** Enters how a try was judged; once more where its end turned out otherwise. */
export function enterJudged(told: Told, attempt: Attempt): void {
  const { number, outcome, deployment } = attempt.record;
  told.outcomes[number - 1] = outcome;
  attempt.isEcho = isEcho(told.outcomes, number - 1);
  if (outcome.kind === 'tooLong') told.tooLongFor = deployment;
}

const UNJUDGED: Outcome = { kind: 'broken', code: 'unjudged' };

/** Of the try that has been entered last. */
export function newRecord(
  told: Told,
  method: string,
  job: Job,
  deployment: Deployment,
  startedMs: number,
): AttemptRecord {
  const { requestId, tried, decision } = told;
  return told.trail.tried({
    requestId,
    number: tried.length,
    deployment,
    method,
    path: pathFor(job.found ?? job.route, deployment),
    startedMs,
    passedOver: decision === null ? [] : passedOver(decision),
    outcome: UNJUDGED,
    headMs: null,
    durationMs: null,
    quota: null,
    chargedTokens: null,
    azure: NO_AZURE_IDS,
  });
}
