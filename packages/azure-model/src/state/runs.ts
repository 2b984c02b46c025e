/**
 * Runs of the Assistants API: a deployment answers a thread's messages, and its quota counts that. The answer is known at once and is
 * there for the client when its time has come. Tools are never called.
 */
import { isRecord } from '@spillway/protocol';
import type { Chore } from '../chores.ts';
import { parsedJson } from '../json.ts';
import { type Answer, answerOf, type Work } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import {
  ASSISTANT_DEFAULTS,
  assistantProblem,
  messageOf,
  readMessages,
  readThread,
  type Threads,
  threadsOf,
} from './assistants.ts';
import { Collection, type Fields, given, requiredText, type Thing, textsProblem } from './collection.ts';
import { secondsAt } from './expiry.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, pathService } from './paths.ts';
import { isRefusal, missing, notFoundWithId, type Refusal, refusalOf } from './refusals.ts';
import { runEvents } from './run-events.ts';

const RUN_SECONDS_MAX = 600;

export function assistantsService(premises: Premises): Service {
  const desk = new RunDesk(premises);
  const { assistants, threads, messages } = desk.parts;
  const usual = threads.table('threads');
  return pathService({
    ...assistants.table('assistants'),
    'POST threads/runs': (call) => desk.createWithThread(call),
    ...Object.fromEntries(Object.entries(usual).filter(([path]) => path !== 'GET threads')),
    'POST threads': (call) => desk.createThread(call),
    ...messages.table('threads/{}/messages'),
    ...desk.runs.table('threads/{}/runs'),
    'POST threads/{}/runs': (call, thread) => desk.create(call, thread),
    'POST threads/{}/runs/{}/cancel': ({ nowMs }, thread, run) => desk.cancel(thread, run, nowMs),
    'POST threads/{}/runs/{}/submit_tool_outputs': ({ nowMs }, thread, run) => desk.submit(thread, run, nowMs),
    'GET threads/{}/runs/{}/steps': ({ nowMs }, thread, run) => desk.steps(thread, run, nowMs),
    'GET threads/{}/runs/{}/steps/{}': ({ nowMs }, thread, run, step) => desk.step(thread, run, step, nowMs),
  });
}

/** What the deployment made of the messages. */
interface Outcome {
  readonly text: string;
  readonly usage: Fields | null;
  /** null: it answered. */
  readonly error: { readonly code: 'rate_limit_exceeded' | 'server_error'; readonly message: string } | null;
  readonly readyMs: number;
}

/** An answer that is being made. */
interface UnderWay {
  readonly work: Work;
  readonly chore: Chore;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a run says besides the assistant. Source: OpenAI API reference, runs. Characters. */
const CHARS_MAX = { additional_instructions: 256_000 };

class RunDesk {
  readonly parts: Threads;
  readonly runs: Collection;
  readonly #premises: Premises;
  /** By the run's id. */
  readonly #underWay = new Map<string, UnderWay>();

  constructor(premises: Premises) {
    this.#premises = premises;
    this.parts = threadsOf(premises);
    const spec = { object: 'thread.run', what: 'run', idOf: (ids: Premises['ids']) => ids.short('run_') };
    const read = (): Refusal => missing('assistant_id');
    this.runs = new Collection(premises, { ...spec, read, derive: progressOf }, this.parts.threads);
  }

  createThread(call: ServiceCall): object {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const thread = this.#thread(fields, call.nowMs);
    return isRefusal(thread) ? thread : this.parts.threads.shown(thread, call.nowMs);
  }

  createWithThread(call: ServiceCall): object {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const thread = this.#thread(isRecord(fields.thread) ? fields.thread : {}, call.nowMs);
    return isRefusal(thread) ? thread : this.create(call, thread.id);
  }

  #thread(fields: Fields, nowMs: number): Thing | Refusal {
    const asked = readThread(fields);
    if (isRefusal(asked)) return asked;
    const unread = readMessages(fields.messages, '', nowMs);
    if (isRefusal(unread)) return unread;
    const thread = this.parts.threads.add(asked, null, nowMs);
    if (isRefusal(thread)) return thread;
    return this.#addMessages(fields.messages, thread.id, nowMs) ?? thread;
  }

  #addMessages(value: unknown, thread: string, nowMs: number): Refusal | null {
    const messages = readMessages(value, thread, nowMs);
    if (isRefusal(messages)) return messages;
    for (const message of messages) {
      const added = this.parts.messages.add(message, thread, nowMs);
      if (isRefusal(added)) return added;
    }
    return null;
  }

  create(call: ServiceCall, thread: string): object {
    const { nowMs } = call;
    const absent = this.runs.parentProblem(thread, nowMs);
    if (absent !== null) return absent;
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const settings = this.#settings(fields, nowMs);
    if (isRefusal(settings)) return settings;
    const problem = this.#addMessages(fields.additional_messages, thread, nowMs);
    if (problem !== null) return problem;
    const answer = this.#generate(settings, thread, nowMs);
    const outcome = outcomeOf(answer, nowMs + answer.waitMs);
    const run = this.runs.add({ fields: { thread_id: thread, ...settings }, hidden: { ...outcome } }, thread, nowMs);
    if (isRefusal(run)) {
      answer.work?.end(nowMs, 0);
      return run;
    }
    this.#endLater(run.id, answer, nowMs);
    const message = outcome.error === null ? this.#answer(run, outcome) : null;
    if (message !== null && isRefusal(message)) return message;
    return fields.stream === true ? this.#stream(call, run, message, outcome) : this.runs.shown(run, nowMs);
  }

  #settings(fields: Fields, nowMs: number): Fields | Refusal {
    const id = requiredText(fields, 'assistant_id');
    if (id === null) return missing('assistant_id');
    const assistant = this.parts.assistants.found(id, null, nowMs);
    if (isRefusal(assistant)) return assistant;
    const problem = assistantProblem(fields) ?? textsProblem(fields, CHARS_MAX);
    if (problem !== null) return problem;
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    const { name: _name, description: _description, tool_resources: _resources, ...own } = ASSISTANT_DEFAULTS;
    const usual = given(assistant.fields, { ...own, model: null });
    const extra = typeof fields.additional_instructions === 'string' ? `\n${fields.additional_instructions}` : '';
    const settings = given(fields, {
      ...usual,
      max_completion_tokens: null,
      max_prompt_tokens: null,
      truncation_strategy: { type: 'auto', last_messages: null },
      tool_choice: 'auto',
      parallel_tool_calls: true,
    });
    const instructions = `${settings.instructions ?? ''}${extra}`;
    return { ...settings, assistant_id: id, instructions, metadata: metadata ?? {} };
  }

  #generate(settings: Fields, thread: string, nowMs: number): Answer {
    const { model, instructions, temperature, top_p, max_completion_tokens } = settings;
    const system = instructions === '' ? [] : [{ role: 'system', content: instructions }];
    const turns = this.parts.messages.all(thread, nowMs).map(({ fields }) => turnOf(fields));
    const sampling = { temperature, top_p, ...(max_completion_tokens === null ? {} : { max_completion_tokens }) };
    const body = { model, messages: [...system, ...turns], ...sampling };
    return this.#premises.serve({ operation: 'chat/completions', body }, nowMs);
  }

  #endLater(run: string, { work, waitMs }: Answer, nowMs: number): void {
    if (work === null) return;
    const { chores } = this.#premises;
    if (waitMs <= 0 || chores.full) {
      work.end(nowMs, null);
      return;
    }
    const endMs = nowMs + waitMs;
    const chore = chores.at(endMs, () => {
      this.#underWay.delete(run);
      work.end(endMs, null);
    });
    this.#underWay.set(run, { work, chore, startMs: nowMs, endMs });
  }

  /** What was not generated yet costs nothing: of the answer counts the share of its time that has passed. */
  #endNow(run: string, nowMs: number): void {
    const found = this.#underWay.get(run);
    if (found === undefined) return;
    const { work, chore, startMs, endMs } = found;
    this.#underWay.delete(run);
    chore.cancel();
    const share = Math.min(1, Math.max(0, (nowMs - startMs) / (endMs - startMs)));
    work.end(nowMs, Math.floor((work.usage?.completionTokens ?? 0) * share));
  }

  #answer(run: Thing, { text, readyMs }: Outcome): Thing | Refusal {
    const { parent, fields } = run;
    const content = [{ type: 'text', text: { value: text, annotations: [] } }];
    const by = { assistant_id: fields.assistant_id, run_id: run.id };
    const shown = { role: 'assistant', content, metadata: {}, attachments: [], ...by };
    return this.parts.messages.add(messageOf(shown, parent, readyMs), parent, readyMs);
  }

  /** All events at once, when the answer is ready. */
  #stream(call: ServiceCall, run: Thing, message: Thing | null, { readyMs }: Outcome): Answer {
    const shownRun = (atMs: number): Fields => this.runs.shown(run, atMs);
    const shownMessage = message === null ? null : this.parts.messages.shown(message, readyMs);
    const text = runEvents(shownRun(run.createdMs), shownRun(readyMs), shownMessage, stepsOf(run, message, readyMs));
    call.headers.push('content-type', 'text/event-stream; charset=utf-8');
    return answerOf(text, call.headers, call.deployment, readyMs - call.nowMs);
  }

  cancel(thread: string, id: string, nowMs: number): object {
    const run = this.runs.found(id, thread, nowMs);
    if (isRefusal(run)) return run;
    const { status } = progressOf(run, nowMs);
    if (status !== 'in_progress') return refusalOf(400, `Cannot cancel run with status '${status}'.`);
    this.#endNow(id, nowMs);
    // The answer that is not there yet never will be.
    for (const message of this.parts.messages.all(thread, Number.POSITIVE_INFINITY)) {
      if (message.fields.run_id === id) this.parts.messages.remove(message.id);
    }
    const cancelled = { ...run, hidden: { ...run.hidden, cancelledMs: nowMs } };
    return this.runs.shown(this.runs.replace(cancelled, nowMs), nowMs);
  }

  submit(thread: string, id: string, nowMs: number): object {
    const run = this.runs.found(id, thread, nowMs);
    if (isRefusal(run)) return run;
    const { status } = progressOf(run, nowMs);
    return refusalOf(400, `Runs in status "${status}" do not accept tool outputs.`);
  }

  steps(thread: string, id: string, nowMs: number): object {
    const run = this.runs.found(id, thread, nowMs);
    if (isRefusal(run)) return run;
    const data = stepsOf(run, this.#messageOf(run, nowMs), nowMs);
    const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    return { object: 'list', data, ...ends, has_more: false };
  }

  step(thread: string, id: string, step: string, nowMs: number): object {
    const run = this.runs.found(id, thread, nowMs);
    if (isRefusal(run)) return run;
    const found = stepsOf(run, this.#messageOf(run, nowMs), nowMs).find((each) => each.id === step);
    return found ?? notFoundWithId('run step', step);
  }

  #messageOf({ id, parent }: Thing, nowMs: number): Thing | null {
    return this.parts.messages.all(parent, nowMs).find(({ fields }) => fields.run_id === id) ?? null;
  }
}

function turnOf({ role, content }: Fields): object {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const texts = parts.map((part) => {
    const value = isRecord(part) && isRecord(part.text) ? part.text.value : '';
    return typeof value === 'string' ? value : '';
  });
  return { role, content: texts.join('\n') };
}

function outcomeOf({ status, body }: Answer, readyMs: number): Outcome {
  const json = body.kind === 'text' ? parsedJson(body.text) : undefined;
  const { choices, usage, error } = isRecord(json) ? json : {};
  if (status < 400) {
    const first: unknown = Array.isArray(choices) ? choices[0] : null;
    const message = isRecord(first) && isRecord(first.message) ? first.message : {};
    return { text: String(message.content ?? ''), usage: isRecord(usage) ? usage : null, error: null, readyMs };
  }
  const message = isRecord(error) && typeof error.message === 'string' ? error.message : `status ${status}`;
  const code = status === 429 ? 'rate_limit_exceeded' : 'server_error';
  return { text: '', usage: null, error: { code, message }, readyMs };
}

/** How far a run is, which follows from the time. */
function progressOf(
  { createdMs, hidden, fields: _fields }: Thing,
  nowMs: number,
): Fields & { readonly status: string } {
  const { readyMs, cancelledMs, error } = hidden;
  const isOver = nowMs >= Number(readyMs);
  const endedAt = secondsAt(Number(readyMs));
  const cancelled = typeof cancelledMs === 'number';
  const failed = !cancelled && isOver && isRecord(error);
  const completed = !cancelled && isOver && !failed;
  return {
    status: cancelled ? 'cancelled' : failed ? 'failed' : completed ? 'completed' : 'in_progress',
    started_at: secondsAt(createdMs),
    expires_at: isOver || cancelled ? null : secondsAt(createdMs) + RUN_SECONDS_MAX,
    cancelled_at: cancelled ? secondsAt(cancelledMs) : null,
    failed_at: failed ? endedAt : null,
    completed_at: completed ? endedAt : null,
    last_error: failed ? error : null,
    usage: completed ? usageOf(hidden.usage) : null,
    required_action: null,
    incomplete_details: null,
  };
}

function usageOf(value: unknown): Fields | null {
  if (!isRecord(value)) return null;
  const { prompt_tokens, completion_tokens, total_tokens } = value;
  return { prompt_tokens, completion_tokens, total_tokens };
}

/** The one step of a run: its message. None where there is no message. */
function stepsOf(run: Thing, message: Thing | null, nowMs: number): ReadonlyArray<Fields & { readonly id: string }> {
  if (message === null) return [];
  const { id, parent, fields } = run;
  const { completed_at, usage } = progressOf(run, nowMs);
  const step = {
    id: `step_${id.slice('run_'.length)}`,
    object: 'thread.run.step',
    created_at: secondsAt(run.createdMs),
    assistant_id: fields.assistant_id,
    thread_id: parent,
    run_id: id,
    type: 'message_creation',
    status: 'completed',
    step_details: { type: 'message_creation', message_creation: { message_id: message.id } },
    metadata: null,
    cancelled_at: null,
    expired_at: null,
    failed_at: null,
    last_error: null,
    completed_at,
    usage,
  };
  return [step];
}
