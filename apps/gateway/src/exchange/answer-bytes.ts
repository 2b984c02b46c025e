/** The bytes of an answer on their way to the client: as they came, or with the ids in them sealed. */
import type { Deployment } from '@spillway/policy';
import { IdWriter, JsonWriter } from '../home/rewrite.ts';
import { readableCopy } from '../home/unpack.ts';
import { type Head, headerOf } from './attempt.ts';
import { EventBytes, type StreamEnd, type StreamFailure, streamDialectOf } from './event-bytes.ts';
import type { Job } from './job.ts';
import type { Home } from './way-home.ts';

export interface AnswerBytes {
  /** Whether the length that the backend told still holds. */
  readonly keepsLength: boolean;
  /** @returns what may go out now; may be empty. */
  add(chunk: Buffer): Buffer;
  /** @returns what is left at the end; may be empty. */
  end(): Buffer;
  /** How far the stream says that it has come; null for anything else. */
  ending(): StreamEnd;
  /** What ends a stream that broke off; null: the client must see a broken connection. */
  broken(failure: StreamFailure): Buffer | null;
}

const EMPTY = Buffer.alloc(0);
export const AS_THEY_COME: AnswerBytes = {
  keepsLength: true,
  add: (chunk) => chunk,
  end: () => EMPTY,
  ending: () => null,
  broken: () => null,
};

export interface Answering {
  readonly job: Job;
  readonly home: Home;
  readonly deployment: Deployment;
  readonly head: Head;
  /** All of the answer is there: a JSON text can be rewritten. */
  readonly complete: boolean;
}

/** Ids are sealed with the backend's name; where it served ids whose owner nobody knew, that is learned. */
export function answerBytes(answering: Answering): AnswerBytes {
  const { job, home, deployment, head, complete } = answering;
  const { found, sealing } = job;
  if (head.status >= 400) return complete && found !== null ? restored(found.sealedBy) : AS_THEY_COME;
  const owner = deployment.backend.name;
  const ids = sealing === null ? null : new IdWriter(home.seal, owner, sealing, job.found?.sealedBy);
  const type = headerOf(head.headers, 'content-type')?.toLowerCase() ?? '';
  const encoding = headerOf(head.headers, 'content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    return sealing === 'all' && complete && type.includes('json') ? learning(answering, encoding) : AS_THEY_COME;
  }
  if (type.startsWith('text/event-stream')) {
    const dialect = streamDialectOf(job.route.operation.name);
    return new EventBytes({ dialect, ids, dropsUsage: job.stream !== null && job.stream.usageAsk !== null });
  }
  if (ids === null || !type.includes('json')) return AS_THEY_COME;
  if (complete) return { ...AS_THEY_COME, keepsLength: false, add: (whole) => ids.json(whole) };
  const json = new JsonWriter(ids);
  return { ...AS_THEY_COME, keepsLength: false, add: (chunk) => json.add(chunk), end: () => json.end() };
}

/** A compressed answer stays as it is: whose its ids are is remembered instead, for as long as this process lives. */
function learning({ home, deployment }: Answering, encoding: string): AnswerBytes {
  const add = (whole: Buffer): Buffer => {
    const readable = readableCopy(whole, encoding);
    if (readable !== null) home.owners.learnFrom(readable, deployment.backend.name);
    return whole;
  };
  return { ...AS_THEY_COME, add };
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
