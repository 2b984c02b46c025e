/** What each front end of the samples sends, and how each wants its answer (chat-app.md §5). */
import type { AnswerEvent } from '../events.ts';
import type { Dialect } from '../settings/settings.ts';
import { type Thought, thoughtsOf } from './thoughts.ts';
import { citeOf, type FailureEvent, failureIn, followUpsOf, Inline, sourcesOf, statusOf, textOf } from './told.ts';

export interface Rendering {
  readonly streamType: string;
  /** Lines of the stream, each an object. */
  readonly stream: (events: AsyncIterable<AnswerEvent>, state: unknown) => AsyncIterable<unknown>;
  readonly whole: (events: readonly AnswerEvent[], state: unknown) => unknown;
  readonly error: (status: number, code: string, message: string) => unknown;
}

/** Sources come with the first line: those before it are gathered. */
function isPreamble({ type }: AnswerEvent): boolean {
  return type !== 'delta' && type !== 'citation' && type !== 'error' && type !== 'done';
}

interface Lines {
  readonly first: (before: readonly AnswerEvent[]) => unknown;
  readonly text: (text: string) => unknown;
  readonly failure: (event: FailureEvent) => unknown;
  readonly last: (events: readonly AnswerEvent[]) => unknown;
}

async function* lined(events: AsyncIterable<AnswerEvent>, lines: Lines): AsyncGenerator<unknown> {
  const seen: AnswerEvent[] = [];
  const inline = new Inline();
  let hasBegun = false;
  for await (const event of events) {
    if (!hasBegun && !isPreamble(event)) {
      hasBegun = true;
      yield lines.first(seen);
    }
    const text = inline.take(event);
    if (event.type !== 'delta') seen.push(event);
    if (text !== '') yield lines.text(text);
    if (event.type === 'error') yield lines.failure(event);
  }
  yield lines.last(seen);
}

function contextOf(events: readonly AnswerEvent[]) {
  const sources = sourcesOf(events);
  const followUps = followUpsOf(events);
  return {
    data_points: {
      text: sources.map((source) => `${citeOf(source)}: ${source.text}`),
      images: [],
      citations: sources.map(citeOf),
    },
    thoughts: thoughtsOf(events),
    ...(followUps.length === 0 ? {} : { followup_questions: followUps }),
  };
}

const ROLE = { role: 'assistant' } as const;

/** Y and P differ in the name of the state, in the type, and in errors. */
function deltas(stateName: 'session_state' | 'sessionState', streamType: string, error: Rendering['error']): Rendering {
  const failed = (event: FailureEvent) => error(statusOf(event), event.kind, event.message);
  return {
    streamType,
    error,
    stream: (events, state) =>
      lined(events, {
        first: (before) => ({ delta: ROLE, context: contextOf(before), [stateName]: state }),
        text: (content) => ({ delta: { ...ROLE, content } }),
        failure: failed,
        last: (seen) => ({ delta: ROLE, context: contextOf(seen), [stateName]: state }),
      }),
    whole: (events, state) => ({
      message: { ...ROLE, content: textOf(events) },
      context: contextOf(events),
      [stateName]: state,
    }),
  };
}

const PYTHON = deltas('session_state', 'application/json-lines', (_, _code, message) => ({ error: message }));
/** Its README and its TypeSpec contradict each other about errors: both find theirs. */
const PROTOCOL = deltas('sessionState', 'application/jsonl', (_, code, message) => ({ error: message, code, message }));

const RESPONSES: Rendering = {
  streamType: 'application/json-lines',
  error: (_, _code, message) => ({ error: message }),
  stream: (events, state) =>
    lined(events, {
      first: (before) => ({ type: 'response.context', context: contextOf(before), session_state: state }),
      text: (delta) => ({ type: 'response.output_text.delta', delta }),
      failure: ({ message }) => ({ error: message }),
      last: (seen) => ({ type: 'response.context', context: contextOf(seen), session_state: state }),
    }),
  whole: (events, state) => ({ output_text: textOf(events), context: contextOf(events), session_state: state }),
};

const JS: Rendering = {
  streamType: 'application/x-ndjson',
  error: (statusCode, code, message) => ({ statusCode, code, error: code, message }),
  stream: (events) =>
    lined(events, {
      first: (before) => jsChunk({ ...ROLE, content: '', context: jsContext(before) }, null),
      text: (content) => jsChunk({ content }, null),
      // The client knows two texts, and takes the one about the question where the filter finished.
      failure: (event) =>
        event.kind === 'filtered'
          ? jsChunk({ content: event.message }, 'content_filter')
          : { error: JS.error(statusOf(event), event.kind, event.message) },
      last: (seen) => jsChunk({ content: jsFollowUps(seen) }, failureIn(seen) === null ? 'stop' : 'error'),
    }),
  whole: (events) => {
    const content = `${textOf(events)}${jsFollowUps(events)}`;
    const message = { ...ROLE, content, context: jsContext(events) };
    return { choices: [{ index: 0, message }], object: 'chat.completion' };
  },
};

function jsChunk(delta: unknown, finishReason: string | null): unknown {
  return { choices: [{ index: 0, delta, finish_reason: finishReason }], object: 'chat.completion.chunk' };
}

/** Its front end puts thoughts into the page as they are: nothing in them may be markup but ours. */
function jsContext(events: readonly AnswerEvent[]): unknown {
  const { data_points, thoughts } = contextOf(events);
  const told = thoughts.map((thought) => `<b>${escaped(thought.title)}</b><br>${escaped(plainOf(thought))}`);
  return { data_points: { text: data_points.text.map(escaped) }, thoughts: told.join('<br><br>') };
}

/** It knows text alone: the props in a line, then the rows. */
function plainOf({ description, props }: Thought): string {
  if (typeof description === 'string') return description;
  const rows = description.map(fieldsText);
  return [fieldsText(props), ...rows].filter((text) => text !== '').join('\n\n');
}

function fieldsText(fields: Thought['props']): string {
  const told = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : `${value}`,
  ]);
  return told.map(([name, text]) => `${name}: ${text}`).join('\n');
}

/** Its client takes them out of the text. */
function jsFollowUps(events: readonly AnswerEvent[]): string {
  const questions = followUpsOf(events);
  return questions.length === 0 ? '' : `\n${questions.map((question) => `<<${question}>>`).join('')}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`).replaceAll('\n', '<br>');
}

export const RENDERINGS: Readonly<Record<Dialect, Rendering>> = {
  js: JS,
  protocol: PROTOCOL,
  python: PYTHON,
  responses: RESPONSES,
};
