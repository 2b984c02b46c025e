/** Streamed chat completions: framing, order, usage. */
import { type Check, type CheckGroup, chat, choiceChunksOf, chunksOf, type Subject, unserved } from '../check.ts';
import { at, judged, listAt, numberAt, same, text, textAt, unless } from '../finding.ts';
import { DONE } from '../server-events.ts';
import type { Came } from '../session.ts';

const plain = (subject: Subject): Promise<Came> => chat(subject, { stream: true });
const withUsage = (subject: Subject): Promise<Came> =>
  chat(subject, { stream: true, stream_options: { include_usage: true } });

const framing: Check = {
  name: 'framing',
  expected: 'text/event-stream without a length; data lines only, each event ended by a blank line; data: [DONE] last',
  source: 'wire §5.1',
  run: async (subject) => {
    const came = await plain(subject);
    const { events, contentType } = came;
    return (
      unserved(came) ??
      judged(
        [
          unless(contentType.startsWith('text/event-stream'), `content-type is ${text(contentType)}`),
          unless(came.header('content-length') === undefined, 'the head tells a length'),
          unless(
            events.every(({ name }) => name === null),
            'an event has a name',
          ),
          unless(
            events.every(({ whole }) => whole),
            'the last event is not ended by a blank line',
          ),
          unless(
            events.slice(0, -1).every(({ json }) => json !== undefined),
            'an event before the last is no JSON',
          ),
          unless(events.at(-1)?.data === DONE, 'the last event is not [DONE]'),
        ],
        `${events.length} events`,
      )
    );
  },
};

const promptFilter: Check = {
  name: 'prompt-filter chunk',
  expected: 'first: no choices, empty id and object, prompt_filter_results',
  source: 'wire §5.1 (1)',
  run: async (subject) => {
    const came = await plain(subject);
    const first = chunksOf(came)[0];
    return (
      unserved(came) ??
      judged(
        [
          unless(listAt(first, 'prompt_filter_results').length > 0, `the first chunk is ${text(first)}`),
          unless(Array.isArray(at(first, 'choices')) && listAt(first, 'choices').length === 0, 'it has choices'),
          same('its id', at(first, 'id'), ''),
          same('its object', at(first, 'object'), ''),
        ],
        'first',
      )
    );
  },
};

const order: Check = {
  name: 'order of the chunks',
  expected: 'role, then content, then one finish_reason with an empty delta',
  source: 'wire §5.1 (2) to (4)',
  run: async (subject) => {
    const came = await plain(subject);
    const chunks = choiceChunksOf(came);
    const finishes = chunks.filter((chunk) => typeof at(chunk, 'choices', 0, 'finish_reason') === 'string');
    const words = chunks.map((chunk) => textAt(chunk, 'choices', 0, 'delta', 'content')).join('');
    const last = chunks.at(-1);
    return (
      unserved(came) ??
      judged(
        [
          same('the role in the first', at(chunks[0], 'choices', 0, 'delta', 'role'), 'assistant'),
          unless(words !== '', 'no chunk has content'),
          unless(finishes.length === 1 && finishes[0] === last, `finish_reason stands in ${finishes.length} chunks`),
          same('the last delta', JSON.stringify(at(last, 'choices', 0, 'delta')), '{}'),
        ],
        `${chunks.length} chunks`,
      )
    );
  },
};

const envelope: Check = {
  name: 'one envelope for all chunks',
  expected: 'chat.completion.chunk, the same id, model and created in each',
  source: 'wire §5.1',
  run: async (subject) => {
    const came = await plain(subject);
    const envelopes = new Set(
      choiceChunksOf(came).map((chunk) =>
        ['id', 'model', 'created', 'object'].map((key) => text(at(chunk, key))).join(' '),
      ),
    );
    const [only = ''] = envelopes;
    return (
      unserved(came) ??
      judged(
        [
          same('the number of envelopes', envelopes.size, 1),
          unless(only.endsWith('"chat.completion.chunk"'), `it is ${only}`),
        ],
        only,
      )
    );
  },
};

const usage: Check = {
  name: 'usage chunk, asked for',
  expected: 'before [DONE]: no choices, usage that adds up; usage null in the others',
  source: 'wire §5.1 (5)',
  run: async (subject) => {
    const came = await withUsage(subject);
    const last = chunksOf(came).at(-1);
    const sum = numberAt(last, 'usage', 'prompt_tokens') + numberAt(last, 'usage', 'completion_tokens');
    const others = choiceChunksOf(came).filter((chunk) => at(chunk, 'usage') !== null);
    return (
      unserved(came) ??
      judged(
        [
          same('choices of the last', listAt(last, 'choices').length, 0),
          unless(sum > 0 && numberAt(last, 'usage', 'total_tokens') === sum, `its usage is ${text(at(last, 'usage'))}`),
          unless(others.length === 0, `${others.length} other chunks lack "usage": null`),
        ],
        text(at(last, 'usage')),
      )
    );
  },
};

const noUsage: Check = {
  name: 'usage chunk, not asked for',
  expected: 'no chunk tells usage',
  source: 'wire §5.1 (5), §5.6',
  run: async (subject) => {
    const came = await plain(subject);
    const telling = chunksOf(came).filter((chunk) => typeof at(chunk, 'usage', 'total_tokens') === 'number');
    return unserved(came) ?? judged([unless(telling.length === 0, `${telling.length} chunks tell it`)], 'none');
  },
};

export const STREAM: CheckGroup = {
  name: 'streamed chat completions',
  checks: [framing, promptFilter, order, envelope, usage, noUsage],
};
