/**
 * Waits for a change that goes on after its answer: by `Azure-AsyncOperation`, else by `Location`, else by the state of the resource.
 * Source: "Track asynchronous Azure operations", Azure Resource Manager documentation, read 2026-11-21.
 */
import { isRecord } from '@spillway/config';
import { type ArmAnswer, type ArmClient, RETRY_AFTER_MS_MAX, retryAfterMs } from './arm-client.ts';
import { ArmFailure, failureOf } from './arm-failure.ts';

/** A deployment takes seconds; one of provisioned throughput now and then minutes. Milliseconds. */
export const OPERATION_MS_MAX = 30 * 60_000;
/** Looks at one operation. Reached only where Azure asks for shorter waits than {@link POLL_MS}. */
export const POLLS_MAX = 600;
/** Between two looks, where Azure names no time. Milliseconds. */
const POLL_MS = 5_000;
/** A state that stays is told again, so that nobody takes waiting for standing still. Milliseconds. */
const PROGRESS_MS = 60_000;
/** A `Retry-After: 0` is not taken at its word, or the looks would be a storm. Milliseconds. */
const POLL_MS_MIN = 500;

export interface OperationDeps {
  readonly client: ArmClient;
  /** Told each state as it is first seen, and every minute, with the seconds since the start. */
  readonly onProgress: (state: string, seconds: number) => void;
}

/** What is known after one look. */
type Seen =
  | { readonly kind: 'done' }
  | { readonly kind: 'running'; readonly state: string; readonly answer: ArmAnswer }
  | { readonly kind: 'failed'; readonly failure: ArmFailure };

type Look = (answer: ArmAnswer | null) => Promise<Seen>;

/**
 * @param first the answer to the PUT or DELETE.
 * @param path of the resource that changes.
 * @returns when the change is done. @throws ArmFailure where it failed, or is not done within the limits.
 */
export async function operationDone(first: ArmAnswer, path: string, deps: OperationDeps): Promise<void> {
  const { client, onProgress } = deps;
  const startMs = client.clock.nowMs();
  const look = lookFor(first, path, client);
  let told = { state: '', atMs: 0 };
  let seen = await look(first);
  for (let polls = 0; seen.kind === 'running'; polls++) {
    const elapsedMs = client.clock.nowMs() - startMs;
    if (seen.state !== told.state || elapsedMs - told.atMs >= PROGRESS_MS) {
      onProgress(seen.state, elapsedMs / 1_000);
      told = { state: seen.state, atMs: elapsedMs };
    }
    const waitMs = pollMs(seen.answer, client.clock.nowMs());
    if (polls >= POLLS_MAX || elapsedMs + waitMs > OPERATION_MS_MAX) throw unfinished(seen.state, elapsedMs, polls);
    await client.sleep(waitMs);
    seen = await look(null);
  }
  if (seen.kind === 'failed') throw seen.failure;
}

function pollMs(answer: ArmAnswer, nowMs: number): number {
  return Math.min(RETRY_AFTER_MS_MAX, Math.max(POLL_MS_MIN, retryAfterMs(answer, nowMs) ?? POLL_MS));
}

function unfinished(state: string, elapsedMs: number, polls: number): ArmFailure {
  const seconds = Math.round(elapsedMs / 1_000);
  return new ArmFailure(
    'StillRunning',
    `the operation is still ${state} after ${seconds} s and ${polls} looks; it goes on by itself`,
    null,
  );
}

/** The first look is at the answer that is there already; the others ask. */
function lookFor(first: ArmAnswer, path: string, client: ArmClient): Look {
  const operation = first.header('azure-asyncoperation');
  if (operation !== null) return (at) => (at === null ? client.follow(operation).then(byStatus) : begun(at));
  const location = first.header('location');
  if (first.status === 202 && location !== null) {
    return async (at) => byCode(at ?? (await client.follow(location)));
  }
  return async (at) => (at?.status === 202 ? begun(at) : byState(at ?? (await current(client, path))));
}

/** The change has begun; whether it is done stands elsewhere. */
async function begun(answer: ArmAnswer): Promise<Seen> {
  return { kind: 'running', state: stateOf(answer.body) ?? 'Accepted', answer };
}

function byStatus(answer: ArmAnswer): Seen {
  const status = isRecord(answer.body) && typeof answer.body.status === 'string' ? answer.body.status : 'InProgress';
  return ending(status, answer);
}

function byCode(answer: ArmAnswer): Seen {
  return answer.status === 202
    ? { kind: 'running', state: stateOf(answer.body) ?? 'InProgress', answer }
    : { kind: 'done' };
}

function byState(answer: ArmAnswer): Seen {
  return ending(stateOf(answer.body) ?? 'Succeeded', answer);
}

function ending(state: string, answer: ArmAnswer): Seen {
  if (/^succeeded$/i.test(state)) return { kind: 'done' };
  if (!/^(?:failed|canceled|cancelled)$/i.test(state)) return { kind: 'running', state, answer };
  const hasError = isRecord(answer.body) && isRecord(answer.body.error);
  const failure = hasError
    ? failureOf(answer.body, answer.status)
    : new ArmFailure(state, 'the operation ended so, and gives no reason', answer.status);
  return { kind: 'failed', failure };
}

function stateOf(body: unknown): string | null {
  const properties = isRecord(body) ? body.properties : undefined;
  const state = isRecord(properties) ? properties.provisioningState : undefined;
  return typeof state === 'string' ? state : null;
}

/** The resource as it is. One that is gone has no state: to whoever deletes it, that is the end. */
async function current(client: ArmClient, path: string): Promise<ArmAnswer> {
  try {
    return await client.send('GET', path);
  } catch (error) {
    if (error instanceof ArmFailure && error.status === 404) return { status: 404, body: null, header: () => null };
    throw error;
  }
}
