/**
 * Responses by their ids: read again, listened to again, deleted, cancelled; and what they were asked. The refusals' sentences are those
 * of Azure's contract of the Responses API (azure-sdk, agentserver). Source: wire §1.3, §1.4, §1.6.
 */

import { isRecord } from '@spillway/protocol';
import { parsedJson } from '../json.ts';
import { type Reply, streamOf, type Work } from '../reply.ts';
import type { Service, ServiceCall } from '../service.ts';
import { invalidRequest, invalidValue, notFound, type Refusal } from '../wire/refusals.ts';
import type { Found } from './archive.ts';
import type { Background } from './background.ts';
import { pageOf } from './listing.ts';
import { pathService } from './paths.ts';
import type { KeptResponse, Responses } from './responses.ts';

export function responsePaths(responses: Responses, background: Background): Service {
  const paths = new ResponsePaths(responses, background);
  return pathService({
    'GET responses/{}': (call, id) => paths.shown(call, id),
    'DELETE responses/{}': ({ nowMs }, id) => paths.remove(id, nowMs),
    'GET responses/{}/input_items': ({ query, nowMs }, id) => {
      const items = responses.inputItems(id, nowMs);
      return items === null ? notFound('Response', id) : pageOf(items, query);
    },
    'POST responses/{}/cancel': ({ nowMs }, id) => paths.cancel(id, nowMs),
  });
}

class ResponsePaths {
  readonly #responses: Responses;
  readonly #background: Background;

  constructor(responses: Responses, background: Background) {
    this.#responses = responses;
    this.#background = background;
  }

  shown(call: ServiceCall, id: string): object {
    const found = this.#responses.get(id, call.nowMs);
    if (found === null) return notFound('Response', id);
    if (call.query('stream') === 'true') return this.#replay(call, found);
    return objectIn(this.#background.text(id, call.nowMs) ?? found.value.response);
  }

  #replay(call: ServiceCall, { id, value }: Found<KeptResponse>): Reply | Refusal {
    if (!value.background) return notStreamed('it was not created with background=true.');
    const after = call.query('starting_after') ?? '-1';
    if (!/^-?\d{1,9}$/.test(after)) return invalidValue('starting_after', 'expected a whole number');
    const events = this.#background.replay(id, Number(after), call.nowMs);
    if (events !== null) return streamOf(events, call.headers, null, NO_WORK);
    return notStreamed('it was not created with stream=true or the stream TTL has expired.');
  }

  remove(id: string, nowMs: number): object {
    const found = this.#responses.get(id, nowMs);
    if (found === null) return notFound('Response', id);
    if (this.#background.text(id, nowMs) !== null) return refused('Cannot delete an in-flight response.');
    this.#responses.remove(id);
    return { id, object: 'response.deleted', deleted: true };
  }

  cancel(id: string, nowMs: number): object {
    const found = this.#responses.get(id, nowMs);
    if (found === null) return notFound('Response', id);
    const { value } = found;
    if (!value.background) return refused('Cannot cancel a synchronous response.');
    const cancelled = this.#background.cancel(id, nowMs);
    if (cancelled !== null) {
      this.#responses.put(id, { ...value, response: cancelled, pending: false }, nowMs);
      return objectIn(cancelled);
    }
    const response = objectIn(value.response);
    if (response.status === 'cancelled') return response;
    const known = response.status === 'completed' || response.status === 'failed';
    return refused(
      known ? `Cannot cancel a ${response.status} response.` : 'Cannot cancel a response in terminal state.',
    );
  }
}

const NO_WORK: Work = { usage: null, end: () => undefined };

function refused(message: string): Refusal {
  return invalidRequest(message, 'response_id', null);
}

function notStreamed(reason: string): Refusal {
  return invalidRequest(`This response cannot be streamed because ${reason}`, 'stream', null);
}

function objectIn(text: string): Record<string, unknown> {
  const value = parsedJson(text);
  return isRecord(value) ? value : {};
}
