/** What an exchange has been through so far: what its headers, its record and the records of its tries are made of. */
import { randomUUID } from 'node:crypto';
import type { Decision, Deployment, Outcome } from '@spillway/policy';
import { pathFor } from '../forward/request.ts';
import type { AttemptRecord } from '../observe/events.ts';
import type { Job } from './job.ts';

export interface Told {
  readonly requestId: string;
  /** Ids of deployments. */
  readonly tried: string[];
  readonly outcomes: Outcome[];
  /** The last one. */
  decision: Decision | null;
  /** Whether the client asked to be told of it. */
  wantsDecision: boolean;
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
    decision: null,
    wantsDecision: false,
    client: null,
    operation: 'other',
    model: null,
    servedBy: null,
    streamed: false,
    hedged: false,
    bodyBytes: 0,
  };
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
  return {
    requestId,
    number: tried.length,
    deployment,
    method,
    path: pathFor(job.found ?? job.route, deployment),
    startedMs,
    passedOver: decision?.passedOver ?? [],
    outcome: UNJUDGED,
    headMs: null,
    durationMs: null,
    quota: null,
  };
}
