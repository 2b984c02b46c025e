/** The app as a model: `/v1/chat/completions` with the model `documents`, so that other chat pages can sit on top of it. */
import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { AnswerEvent } from '../events.ts';
import { noRoom, tooMany } from '../server/chat-routes.ts';
import type { Ctx, Env, Parts } from '../server/context.ts';
import { citedOf } from '../server/export.ts';
import { bodyOf, streamed } from '../server/reply.ts';
import { all, answered, type CompatAsk, conversationOf, type Said } from './ask.ts';
import { citeOf, type FailureEvent, failureIn, Inline, statusOf, textOf } from './told.ts';

const MODEL = 'documents';

const content = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).max(1_000),
  z.null(),
]);
export const completionRequest = z.looseObject({
  model: z.string(),
  messages: z
    .array(z.looseObject({ role: z.string(), content: content.optional() }))
    .min(1)
    .max(1_000),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  seed: z.number().int().nullish(),
});
type Request = z.infer<typeof completionRequest>;

export function openAiRoutes(app: Hono<Env>, parts: Parts): void {
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'spillway' }] }),
  );
  app.post('/v1/chat/completions', (c) => completion(c, parts));
}

async function completion(c: Ctx, parts: Parts): Promise<Response> {
  const read = await bodyOf(c, completionRequest);
  if (read.kind === 'refused') return read.response;
  const refusal = tooMany(c, parts) ?? noRoom(c, parts);
  if (refusal !== null) return refusal;
  const given = read.value;
  if (given.model !== MODEL) {
    return failed(
      c,
      404,
      'model_not_found',
      `There is no model ${JSON.stringify(given.model.slice(0, 100))}; ask for ${MODEL}.`,
    );
  }
  const ask = askOf(given, c);
  if (ask === null) return failed(c, 400, 'invalid_request', 'No message of a user asks anything, or it is too long.');
  const events = answered(ask, parts, c.req.raw.signal);
  const base = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(parts.clock.nowMs() / 1_000), model: MODEL };
  if (given.stream === true) return streamed(chunks(events, base), 'text/event-stream; charset=utf-8');
  return whole(c, await all(events), base);
}

/** A system message of the caller's is added to the instructions, and replaces none of them. */
function askOf({ messages, temperature, seed }: Request, c: Ctx): CompatAsk | null {
  const said = messages.map((message): Said => ({ role: message.role, content: plain(message.content) }));
  const conversation = conversationOf(said);
  if (conversation === null) return null;
  const system = said.filter(({ role }) => role === 'system' || role === 'developer').map((each) => each.content);
  const overrides = {
    followups: false,
    ...(system.length === 0 ? {} : { promptTemplate: `>>>${system.join('\n')}` }),
    ...(temperature == null ? {} : { temperature }),
    ...(seed == null ? {} : { seed }),
  };
  return { ...conversation, mode: 'chat', overrides, reader: c.get('reader') };
}

function plain(given: z.infer<typeof content> | undefined): string {
  if (typeof given === 'string') return given;
  return (given ?? []).map(({ text = '' }) => text).join('\n');
}

interface Base {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

function whole(c: Ctx, events: readonly AnswerEvent[], base: Base): Response {
  const failure = failureIn(events);
  const text = textOf(events);
  if (failure !== null && text === '') return failed(c, statusOf(failure), codeOf(failure), failure.message);
  const message = { role: 'assistant', content: text, refusal: null };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishOf(failure) };
  return c.json({
    ...base,
    object: 'chat.completion',
    choices: [choice],
    usage: usageOf(events),
    citations: [...new Set(citedOf(events).map(citeOf))],
  });
}

async function* chunks(events: AsyncIterable<AnswerEvent>, base: Base): AsyncGenerator<string> {
  const inline = new Inline();
  const line = (delta: unknown, finish: string | null) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    return `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices })}\n\n`;
  };
  yield line({ role: 'assistant', content: '' }, null);
  let failure: FailureEvent | null = null;
  for await (const event of events) {
    const text = inline.take(event);
    if (text !== '') yield line({ content: text }, null);
    if (event.type === 'error') failure = event;
  }
  if (failure !== null && failure.kind !== 'filtered') {
    yield `data: ${JSON.stringify({ error: errorOf(codeOf(failure), failure.message) })}\n\n`;
  } else yield line({}, finishOf(failure));
  yield 'data: [DONE]\n\n';
}

function finishOf(failure: FailureEvent | null): string {
  return failure === null ? 'stop' : failure.kind === 'filtered' ? 'content_filter' : 'length';
}

function codeOf({ kind }: FailureEvent): string {
  return kind === 'filtered' ? 'content_filter' : kind === 'tooLong' ? 'context_length_exceeded' : kind;
}

function usageOf(events: readonly AnswerEvent[]) {
  const usage = events.findLast((event) => event.type === 'usage');
  const [prompt, completed] = [usage?.promptTokens ?? 0, usage?.completionTokens ?? 0];
  return { prompt_tokens: prompt, completion_tokens: completed, total_tokens: prompt + completed };
}

function errorOf(code: string, message: string) {
  return { code, message, type: 'invalid_request_error', param: null };
}

function failed(c: Ctx, status: 400 | 404 | 429 | 500 | 503 | 504, code: string, message: string): Response {
  return c.json({ error: errorOf(code, message) }, status);
}
