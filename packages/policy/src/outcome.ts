/**
 * How an attempt ended: a closed list, so that blame, retry, logs and metrics each answer for every ending.
 * Source: wire reference §3.2 (catalogue of statuses), §3.4 (429), §5.3 (errors inside a stream).
 */
import type { ErrorFacts, HeaderLookup, Repeat, RetryHint } from '@spillway/protocol';
import { retryHint } from '@spillway/protocol';

export type Outcome =
  /** An answer that is the client's to read: 2xx, and errors that are its own (400, content filter, 404 of an unknown id …). */
  | { readonly kind: 'answered'; readonly status: number }
  /** "Not before": 429, or its likes inside a 424 or a stream. */
  | { readonly kind: 'throttled'; readonly status: number; readonly hint: RetryHint | null }
  /** 400 for a prompt longer than the deployment takes: a larger one may serve it, and spillover goes there (wire §3.2, §7.7). */
  | { readonly kind: 'tooLong'; readonly status: 400 }
  /** 5xx, or a 424 or stream event that stands for one. */
  | { readonly kind: 'serverError'; readonly status: number }
  /** 408: Azure gave up; the work may have been done. */
  | { readonly kind: 'requestTimeout'; readonly status: 408 }
  /** 401 or 403: the gateway's credential, or the resource's network rules. An operator's problem. */
  | { readonly kind: 'refused'; readonly status: 401 | 403 }
  /** 404 `DeploymentNotFound`: this resource lacks the deployment. */
  | { readonly kind: 'deploymentMissing'; readonly status: 404 }
  /** No token could be had for the backend. */
  | { readonly kind: 'noCredential' }
  /** Connect, TLS or DNS error, or the connect timeout: nothing was sent. */
  | { readonly kind: 'connectFailed'; readonly code: string }
  /** The connection broke before an answer was there, or before the commit point. */
  | { readonly kind: 'broken'; readonly code: string }
  | { readonly kind: 'firstByteTimeout' }
  | { readonly kind: 'idleTimeout' }
  /** The exchange's total time ended. */
  | { readonly kind: 'totalTimeout' }
  /** The answer broke after the commit point: nothing can be replayed. */
  | { readonly kind: 'cut'; readonly code: string }
  /** The same, while the client was not reading and the backend had to wait. */
  | { readonly kind: 'stalled'; readonly code: string }
  | { readonly kind: 'clientGone' }
  /** Another try of the same exchange, made beside this one, was faster: it was called off. */
  | { readonly kind: 'outpaced' }
  /** The client's request cannot be sent as HTTP. */
  | { readonly kind: 'malformed' };

export type OutcomeKind = Outcome['kind'];

/** Every kind, for metrics and documents. */
export const OUTCOME_KINDS = [
  'answered',
  'throttled',
  'tooLong',
  'serverError',
  'requestTimeout',
  'refused',
  'deploymentMissing',
  'noCredential',
  'connectFailed',
  'broken',
  'firstByteTimeout',
  'idleTimeout',
  'totalTimeout',
  'cut',
  'stalled',
  'clientGone',
  'outpaced',
  'malformed',
] as const satisfies readonly OutcomeKind[];

/** What an answer showed: its status, a way to look at its headers, and the facts of its body where the status asks for them. */
export interface Answer {
  readonly status: number;
  readonly header: HeaderLookup;
  /** Facts of the error body; null where it was not read. Only a 400 and a 404 need it. */
  readonly facts: ErrorFacts | null;
}

/** Header with which Azure ML passes on the status of the model's container (wire §3.2, row 424). */
const INNER_STATUS = 'ms-azureml-model-error-statuscode';

export function judge(answer: Answer, nowMs: number): Outcome {
  const { status } = answer;
  if (status < 400) return { kind: 'answered', status };
  if (status === 429) return { kind: 'throttled', status, hint: retryHint(answer.header, nowMs) };
  if (status >= 500) return { kind: 'serverError', status };
  if (status === 401 || status === 403) return { kind: 'refused', status };
  if (status === 408) return { kind: 'requestTimeout', status };
  if (status === 400 && isTooLong(answer.facts)) return { kind: 'tooLong', status };
  if (status === 404 && answer.facts?.code === 'DeploymentNotFound') return { kind: 'deploymentMissing', status };
  if (status === 424) return judgeInner(answer, nowMs);
  return { kind: 'answered', status };
}

/** The words are looked at too: those of a provisioned deployment that refuses a long prompt are not documented (wire §11 no. 7). */
const TOO_LONG = /maximum context length|context window|prompt is too long/i;

function isTooLong(facts: ErrorFacts | null): boolean {
  return facts !== null && (facts.code === 'context_length_exceeded' || TOO_LONG.test(facts.message ?? ''));
}

function judgeInner(answer: Answer, nowMs: number): Outcome {
  const inner = Number(answer.header(INNER_STATUS));
  if (inner === 429) return { kind: 'throttled', status: answer.status, hint: retryHint(answer.header, nowMs) };
  if (inner >= 500 && inner <= 599) return { kind: 'serverError', status: answer.status };
  return { kind: 'answered', status: answer.status };
}

/** Whether only the body can tell how an answer with this status is to be judged. */
export function needsBody(status: number): boolean {
  return status === 404 || status === 400;
}

const THROTTLED_IN_STREAM = new Set(['too_many_requests', 'rate_limit_exceeded', 'no_capacity', '429']);
const FAILED_IN_STREAM = new Set([
  'server_error',
  'internal_error',
  'InternalServerError',
  'overloaded',
  'overloaded_error',
  'service_unavailable',
  'ServiceUnavailable',
  '500',
  '503',
]);
/** An overloaded model says so in words, under several codes or none (wire §3.2). */
const OVERLOADED = /currently overloaded/i;

/**
 * An error event at the head of a stream that began with 200, before anything of the answer: judged as the status it stands for.
 * Source: wire §5.3. What is not known to be the service's fault is the client's to read.
 */
export function judgeEvent(facts: ErrorFacts, status: number): Outcome {
  const named = (names: ReadonlySet<string>) => names.has(facts.type ?? '') || names.has(facts.code ?? '');
  if (named(THROTTLED_IN_STREAM)) return { kind: 'throttled', status, hint: null };
  if (named(FAILED_IN_STREAM) || OVERLOADED.test(facts.message ?? '')) return { kind: 'serverError', status };
  return { kind: 'answered', status };
}

/** stop: the answer, or the failure, is what the client gets. */
export type Next = 'tryAnother' | 'stop';

/** Whether the request may be sent to another deployment. Which one, if any, is pick's to say. */
export function next(outcome: Outcome, repeat: Repeat): Next {
  switch (outcome.kind) {
    case 'throttled':
    case 'tooLong':
    case 'refused':
    case 'deploymentMissing':
    case 'noCredential':
    case 'connectFailed':
      return 'tryAnother';
    case 'serverError':
    case 'requestTimeout':
    case 'broken':
    case 'firstByteTimeout':
    case 'idleTimeout':
      return repeat === 'repeatable' ? 'tryAnother' : 'stop';
    case 'answered':
    case 'totalTimeout':
    case 'cut':
    case 'stalled':
    case 'clientGone':
    case 'outpaced':
    case 'malformed':
      return 'stop';
    default:
      return unreachable(outcome);
  }
}

/** Whose doing an outcome is; decided here and nowhere else. */
export type Blame = 'nobody' | 'client' | 'quota' | 'deployment' | 'backend';

/**
 * A 429 is the quota's and moves the throttle; what lies with the deployment or the backend moves its breaker.
 * A missing deployment moves nothing: it is a matter of configuration, and the 404 must go on reaching the client who misspelt a name.
 */
export function blame(outcome: Outcome): Blame {
  switch (outcome.kind) {
    case 'answered':
      return outcome.status < 400 ? 'nobody' : 'client';
    case 'throttled':
      return 'quota';
    case 'serverError':
    case 'requestTimeout':
    case 'broken':
    case 'firstByteTimeout':
    case 'idleTimeout':
    case 'cut':
      return 'deployment';
    case 'refused':
    case 'noCredential':
    case 'connectFailed':
      return 'backend';
    case 'tooLong':
    case 'stalled':
    case 'clientGone':
    case 'malformed':
      return 'client';
    case 'deploymentMissing':
    case 'totalTimeout':
    case 'outpaced':
      return 'nobody';
    default:
      return unreachable(outcome);
  }
}

/**
 * Whether an earlier try of the same exchange failed in the very same way. Then the request may be what breaks them: it must not open
 * one breaker after the other. A deployment that is broken shows it soon enough in a first try.
 * @param outcomes of the exchange, in the order of its tries; holes are tries under way.
 */
export function isEcho(outcomes: ReadonlyArray<Outcome | undefined>, index: number): boolean {
  const outcome = outcomes[index];
  if (outcome === undefined || blame(outcome) !== 'deployment') return false;
  return outcomes
    .slice(0, index)
    .some((other) => other !== undefined && other.kind === outcome.kind && statusOf(other) === statusOf(outcome));
}

/** The status an outcome carries, or null where there was no answer. */
export function statusOf(outcome: Outcome): number | null {
  return 'status' in outcome ? outcome.status : null;
}

/** For the end of a switch that answers every case. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
