/** The conversation that is open: its turns, and the answer that is being made. */
import { type Signal, signal } from '@preact/signals';
import type { AnswerEvent } from '../../../events.ts';
import type { ConversationView, TurnView } from '../../../server/api.ts';
import type { StreamEnd } from '../api.ts';
import { type Answer, type Failure, folded, NO_ANSWER, recalled } from '../model/answer.ts';
import { type Scope, scopeOfSteps } from '../model/scope.ts';
import { isObject } from '../shapes.ts';
import { dropFromList, noteConversation } from './history.ts';
import { keep, kept } from './kept.ts';
import { succeeded, tell } from './notices.ts';
import { closePanel } from './panel.ts';
import { mode, overrides } from './preferences.ts';
import { go, route, settleAt } from './route.ts';
import { nameScope, readScope, scope, scoped, setScope } from './scope.ts';
import { api } from './server.ts';
import { lock } from './session.ts';
import { t } from './words.ts';

export interface Turn {
  /** For the page alone; stays when the server has given the turn its id. */
  readonly key: string;
  readonly id: string;
  readonly replaces: string | null;
  readonly question: string;
  /** By itself, so that a word more draws this turn anew and no other. */
  readonly answer: Signal<Answer>;
  readonly feedback: TurnView['feedback'];
  /** What alone it is asked of, as this page sent it; of others their steps tell it. */
  readonly scope: Scope | null;
}

/** What alone it was asked of; null: everything. */
export function scopeOfTurn({ answer, scope: sent }: Turn): Scope | null {
  return scopeOfSteps(answer.value.steps) ?? sent;
}

interface Running {
  readonly key: string;
  readonly stop: AbortController;
}

export const turns = signal<readonly Turn[]>([]);
export const opened = signal<string | null>(null);
export const isLoading = signal(false);
export const running = signal<Running | null>(null);

/** A question whose server refused for now is sent once more, by itself; no later than this. Milliseconds. */
const RETRY_MS_MAX = 60_000;
const PENDING = 'spillway-chat-pending';
let keys = 0;

/** A conversation, or an empty page for a new one. */
export async function openConversation(id: string | null): Promise<void> {
  if (id === opened.value && id !== null) return;
  running.value?.stop.abort('left');
  running.value = null;
  closePanel();
  opened.value = id;
  turns.value = [];
  readScope(id, null);
  if (id !== null) await load(id);
}

/** A new conversation, of these alone. */
export async function askOnly(of: Scope): Promise<void> {
  await openConversation(null);
  setScope(null, of);
  go({ kind: 'chat', conversationId: null });
  document.getElementById('question')?.focus();
}

async function load(id: string): Promise<void> {
  isLoading.value = true;
  const answer = await api.conversation(id);
  isLoading.value = false;
  if (opened.value !== id) return;
  if (answer.kind === 'refused' && answer.status === 404) return lost(id);
  if (succeeded(answer)) take(answer.value);
}

function lost(id: string): void {
  dropFromList(id);
  tell(t('conversationGone'));
  go({ kind: 'chat', conversationId: null });
}

function take({ conversation, turns: told, answering }: ConversationView): void {
  noteConversation(conversation);
  turns.value = told.filter(({ id }) => id !== answering).map(turnOf);
  const last = turns.value.at(-1);
  readScope(conversation.id, last === undefined ? null : scopeOfTurn(last));
  if (answering !== null) void goOn(answering, told.find(({ id }) => id === answering) ?? null);
}

function turnOf({ id, replaces, question, answer, events, feedback }: TurnView): Turn {
  return { key: newKey(), id, replaces, question, answer: signal(recalled(answer, events)), feedback, scope: null };
}

function newKey(): string {
  return `turn-${++keys}`;
}

type Begun = Extract<AnswerEvent, { readonly type: 'begun' }>;

/** Stands for a question until the stream of its answer tells it. */
const UNTOLD = '…';

/** An answer that was being made when the page was loaded. */
async function goOn(turnId: string, told: TurnView | null): Promise<void> {
  const pending = kept(sessionStorage, PENDING);
  const read = (name: string): unknown => (isObject(pending) ? Reflect.get(pending, name) : null);
  const isPending = read('turnId') === turnId;
  const [question, replaces] = isPending ? [read('question'), read('replaces')] : [told?.question, told?.replaces];
  const turn = begin(
    typeof question === 'string' ? question : UNTOLD,
    typeof replaces === 'string' ? replaces : null,
    null,
  );
  await follow(turn, (following) => api.resume(turnId, following));
}

function begin(question: string, replaces: string | null, of: Scope | null): Turn {
  const key = newKey();
  const turn: Turn = { key, id: key, replaces, question, answer: signal(NO_ANSWER), feedback: null, scope: of };
  turns.value = [...turns.value, turn];
  return turn;
}

/** @param replaces a turn that is edited, or asked again. */
export async function ask(question: string, replaces: Turn | null = null): Promise<void> {
  if (running.value !== null || question.trim() === '') return;
  const known = replaces !== null && replaces.id !== replaces.key ? replaces.id : null;
  // One that never reached the server is taken away; there is nothing to look back at.
  if (replaces !== null && known === null) turns.value = turns.value.filter(({ key }) => key !== replaces.key);
  // What is edited or answered anew stays a question to the same documents.
  const of = replaces === null ? scope.value : scopeOfTurn(replaces);
  const turn = begin(question.trim(), known, of);
  const sent = { question: turn.question, replaces: known, mode: mode.value, overrides: scoped(overrides.value, of) };
  await follow(turn, async (following) => {
    const end = await api.ask({ ...sent, conversationId: opened.value }, following);
    if (end.kind !== 'refused' || !(await waited(turn, end.retryAfterMs, following.signal))) return end;
    return api.ask({ ...sent, conversationId: opened.value }, following);
  });
}

/** The server itself has too much to do. @returns whether the time is over and the question may be sent once more. */
async function waited(turn: Turn, retryAfterMs: number | null, signal: AbortSignal): Promise<boolean> {
  if (retryAfterMs === null || retryAfterMs > RETRY_MS_MAX) return false;
  change(turn, { waitingUntilMs: Date.now() + retryAfterMs });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, retryAfterMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  change(turn, { waitingUntilMs: null });
  return !signal.aborted;
}

type Follow = (following: { onEvent: (event: AnswerEvent) => void; signal: AbortSignal }) => Promise<StreamEnd>;

async function follow(turn: Turn, how: Follow): Promise<void> {
  const stop = new AbortController();
  running.value = { key: turn.key, stop };
  const frames = new Frames((events) => takeEvents(turn, events));
  const end = await how({ onEvent: (event) => frames.push(event), signal: stop.signal });
  frames.flush();
  if (running.value?.stop === stop) running.value = null;
  if (stop.signal.reason === 'left') return;
  settle(turn, end);
}

function takeEvents(turn: Turn, events: readonly AnswerEvent[]): void {
  const now = Date.now();
  turn.answer.value = events.reduce((answer, event) => folded(answer, event, now), turn.answer.value);
  const begun = events.find(({ type }) => type === 'begun');
  if (begun?.type === 'begun') named(turn, begun);
}

/** The server has given the turn its id, and perhaps the conversation its own; or this tab its question, which another one asked. */
function named(turn: Turn, begun: Begun): void {
  const { turnId, conversationId } = begun;
  const question = turn.question === UNTOLD ? (begun.question ?? UNTOLD) : turn.question;
  turns.value = turns.value.map((each) => (each.key === turn.key ? { ...each, id: turnId, question } : each));
  keep(sessionStorage, PENDING, { turnId, question, replaces: turn.replaces });
  if (opened.value !== null) return;
  opened.value = conversationId;
  nameScope(conversationId);
  const now = Date.now();
  noteConversation({
    id: conversationId,
    user: null,
    title: turn.question.slice(0, 80),
    isPinned: false,
    createdMs: now,
    changedMs: now,
  });
  if (route.value.kind === 'chat') settleAt({ kind: 'chat', conversationId });
}

function settle(turn: Turn, end: StreamEnd): void {
  keep(sessionStorage, PENDING, null);
  if (end.kind === 'ended') void refreshRow();
  else if (end.kind === 'aborted') change(turn, { status: 'stopped', waitingUntilMs: null });
  else if (end.kind === 'locked') lock(end);
  else if (turn.answer.value.status === 'answering') change(turn, { status: 'failed', failure: failureOf(end) });
}

function failureOf(end: Exclude<StreamEnd, { readonly kind: 'ended' | 'aborted' | 'locked' }>): Failure {
  if (end.kind === 'gone') return { kind: 'timeout', code: 'serverGone', message: t('serverGone'), retryAtMs: null };
  const retryAtMs = end.retryAfterMs === null ? null : Date.now() + end.retryAfterMs;
  const kind = end.status === 429 ? 'throttled' : end.status === 403 ? 'notAllowed' : 'internal';
  return { kind, code: end.code, message: end.message || t('unexpected'), retryAtMs };
}

/** Its title may have been made from the first answer. */
async function refreshRow(): Promise<void> {
  const id = opened.value;
  if (id === null) return;
  const answer = await api.conversation(id);
  if (answer.kind === 'ok') noteConversation(answer.value.conversation);
}

function change(turn: Turn, to: Partial<Answer>): void {
  turn.answer.value = { ...turn.answer.value, ...to };
}

/** What there is of the answer so far is kept. */
export function stopAnswer(): void {
  const now = running.value;
  if (now === null) return;
  const turn = turns.value.find(({ key }) => key === now.key);
  if (turn !== undefined && turn.id !== turn.key) void api.stop(turn.id);
  now.stop.abort('stopped');
  // At once: the next question need not wait until the connection has noticed.
  running.value = null;
  if (turn !== undefined) change(turn, { status: 'stopped', waitingUntilMs: null });
}

export async function giveFeedback(turn: Turn, liked: boolean | null, comment: string | null = null): Promise<void> {
  if (!succeeded(await api.feedback(turn.id, liked, comment))) return;
  const feedback = liked === null ? null : { liked, comment };
  turns.value = turns.value.map((each) => (each.key === turn.key ? { ...each, feedback } : each));
}

/** Events of one frame are taken together: a fast model sends more of them than anybody can see. */
class Frames {
  readonly #take: (events: readonly AnswerEvent[]) => void;
  #events: AnswerEvent[] = [];
  #frame = 0;

  constructor(take: (events: readonly AnswerEvent[]) => void) {
    this.#take = take;
  }

  push(event: AnswerEvent): void {
    this.#events.push(event);
    // A page that nobody sees has no frames.
    if (document.hidden || event.type === 'begun') this.flush();
    else if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.flush());
  }

  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const events = this.#events;
    this.#events = [];
    if (events.length > 0) this.#take(events);
  }
}
