/** The bytes of an answer on their way to the client: as they came, or with the ids in them sealed. */
import type { Deployment } from '@spillway/policy';
import { IdWriter } from '../home/rewrite.ts';
import { type Head, headerOf } from './attempt.ts';
import { EventBytes, type StreamFailure } from './event-bytes.ts';
import type { Job } from './job.ts';
import { type Home, sealingOf } from './way-home.ts';

export interface AnswerBytes {
  /** Whether the length that the backend told still holds. */
  readonly keepsLength: boolean;
  /** @returns what may go out now; may be empty. */
  add(chunk: Buffer): Buffer;
  /** @returns what is left at the end; may be empty. */
  end(): Buffer;
  /** What ends a stream that broke off; null: the client must see a broken connection. */
  broken(failure: StreamFailure): Buffer | null;
}

const EMPTY = Buffer.alloc(0);
export const AS_THEY_COME: AnswerBytes = {
  keepsLength: true,
  add: (chunk) => chunk,
  end: () => EMPTY,
  broken: () => null,
};

/**
 * Ids are sealed with the backend's name; where it served ids whose owner nobody knew, that is learned.
 * @param complete all of the answer is there: a JSON text can be rewritten.
 */
export function answerBytes(job: Job, home: Home, deployment: Deployment, head: Head, complete: boolean): AnswerBytes {
  const { found } = job;
  const owner = deployment.backend.name;
  if (head.status >= 400) return complete && found !== null ? restored(found.sealedBy) : AS_THEY_COME;
  for (const id of found?.foreign ?? []) home.owners.learn(id, owner);
  if (headerOf(head.headers, 'content-encoding') !== undefined) return AS_THEY_COME;
  const sealing = sealingOf(job.route, job.wanted);
  const ids = sealing === null ? null : new IdWriter(home.seal, owner, sealing);
  const type = headerOf(head.headers, 'content-type')?.toLowerCase() ?? '';
  if (type.startsWith('text/event-stream')) {
    return new EventBytes(job.route.operation.name === 'responses' ? 'responses' : 'chat', ids);
  }
  if (ids === null || !complete || !type.includes('json')) return AS_THEY_COME;
  return { ...AS_THEY_COME, keepsLength: false, add: (whole) => ids.json(whole) };
}

/** An error that repeats an id repeats it as the client knows it. */
function restored(sealedBy: ReadonlyMap<string, string>): AnswerBytes {
  if (sealedBy.size === 0) return AS_THEY_COME;
  const add = (whole: Buffer): Buffer => {
    let text = whole.toString();
    for (const [id, sealed] of sealedBy) text = text.replaceAll(id, sealed);
    return Buffer.from(text);
  };
  return { ...AS_THEY_COME, keepsLength: false, add };
}
