/**
 * How requests about stored objects are refused: in OpenAI's envelope (wire §3.1), which is what Azure sends for them too.
 * Sentences for unknown ids are OpenAI's where clients are known to meet them; the others, marked so, are guesses.
 */
import { missingParameter, type Refusal } from '../wire/refusals.ts';
import { OBJECTS_MAX, STORED_BYTES_MAX, STORED_CHARS_MAX } from './store.ts';

export type { Refusal } from '../wire/refusals.ts';

interface Blame {
  readonly param?: string | null;
  readonly code?: string | null;
}

export function refusalOf(status: number, message: string, { param = null, code = null }: Blame = {}): Refusal {
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } });
  return { status, statusText: null, body };
}

export function isRefusal(value: object): value is Refusal {
  return 'statusText' in value && 'body' in value;
}

export function noSuchFile(id: string): Refusal {
  return refusalOf(404, `No such File object: ${id}`, { param: 'id' });
}

/** @param what `vector store`, `assistant`, `thread`: as the message names it. */
export function notFoundWithId(what: string, id: string): Refusal {
  return refusalOf(404, `No ${what} found with id '${id}'.`);
}

/** What Azure says is not published; the text is ours. */
export function storeFull(what: string): Refusal {
  return refusalOf(
    400,
    `This resource keeps no further ${what}: ${OBJECTS_MAX} objects of a kind, ${STORED_BYTES_MAX} bytes of contents, and ${STORED_CHARS_MAX} characters of the rest are the most. Delete some.`,
    { code: 'storage_limit_exceeded' },
  );
}

export function wrongField(param: string, rule: string): Refusal {
  return refusalOf(400, `Invalid '${param}': ${rule}.`, { param, code: 'invalid_value' });
}

export function notAmong(param: string, value: unknown, allowed: readonly string[]): Refusal {
  const names = allowed.map((name) => `'${name}'`).join(', ');
  const given = typeof value === 'string' ? value.slice(0, 60) : JSON.stringify(value ?? null).slice(0, 60);
  const message = `Invalid value: '${given}'. Supported values are: ${names}.`;
  return refusalOf(400, message, { param, code: 'invalid_value' });
}

export function missing(param: string): Refusal {
  return missingParameter(param);
}
