/** What is wrong with an event of a client's, as an `error` event says it. Source: OpenAI's API reference, realtime `error`; codes seen in public logs. */
import { ITEMS_MAX } from './conversation.ts';
import { BUFFER_BYTES_MAX, COMMIT_MS_MIN } from './listening.ts';

export interface Problem {
  readonly code: string | null;
  readonly message: string;
  readonly param?: string | null;
}

export const NOT_AN_EVENT: Problem = { code: 'invalid_json', message: 'Expected one JSON object with a type.' };
export const NOT_BASE64: Problem = {
  code: 'invalid_value',
  param: 'audio',
  message: "Invalid 'audio': expected base64.",
};
export const NO_ANSWERS: Problem = {
  code: 'invalid_value',
  param: 'type',
  message: 'A transcription session gives no answers.',
};
export const NOTHING_TO_CANCEL: Problem = {
  code: 'response_cancel_not_active',
  message: 'Cancellation failed: no active response found',
};
/** The text is ours: Azure's limit is not published. */
export const TOO_MANY_ITEMS: Problem = {
  code: 'invalid_value',
  param: 'item',
  message: `A conversation here has at most ${ITEMS_MAX} items; delete some, or begin another session.`,
};
/** The same. */
export const BUFFER_FULL: Problem = {
  code: 'input_audio_buffer_full',
  param: 'audio',
  message: `The input audio buffer holds at most ${BUFFER_BYTES_MAX} bytes; commit or clear it.`,
};

export function missing(param: string): Problem {
  return { code: 'missing_required_parameter', param, message: `Missing required parameter: '${param}'.` };
}

export function noSuchEvent(type: string): Problem {
  return { code: 'invalid_value', param: 'type', message: `Invalid value: '${type}'. There is no such event.` };
}

export function tooLittleSound(durationMs: number): Problem {
  const message = `Error committing input audio buffer: buffer too small. Expected at least ${COMMIT_MS_MIN}ms of audio, but buffer only has ${durationMs.toFixed(2)}ms of audio.`;
  return { code: 'input_audio_buffer_commit_empty', message };
}

export function alreadyAnswering(id: string): Problem {
  const message = `Conversation already has an active response in progress: ${id}. Wait until the response is finished before creating a new one.`;
  return { code: 'conversation_already_has_active_response', message };
}

export function duplicateItem(id: string): Problem {
  const message = `Error adding item: an item with id '${id}' already exists.`;
  return { code: 'item_create_duplicate_item_id', param: 'item.id', message };
}

export function noPreviousItem(id: string | null): Problem {
  const message = `Error adding item: the previous item with id '${id}' does not exist.`;
  return { code: 'item_create_previous_item_id_not_found', param: 'previous_item_id', message };
}

/** @param verb as in the event's name: `delete`. */
export function noItem(verb: string, id: string): Problem {
  const message = `Error handling ${verb}: the item with id '${id}' does not exist.`;
  return { code: `item_${verb}_invalid_item_id`, param: 'item_id', message };
}

export function expired(minutes: number): Problem {
  return { code: 'session_expired', message: `Your session hit the maximum duration of ${minutes} minutes.` };
}
