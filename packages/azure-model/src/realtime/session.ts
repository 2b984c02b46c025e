/**
 * A realtime session: events of the client in, events of the service out at their times. Text and sound; what is said aloud is
 * understood where it was spoken here (media/words.ts). Source: wire §1.5; OpenAI's API reference, realtime; the `openai` package 7.55.
 */
import { isRecord } from '@spillway/protocol';
import type { Deployment } from '../deployment.ts';
import { parsedJson } from '../json.ts';
import { bytesOfBase64 } from '../media/bytes.ts';
import type { Premises } from '../service.ts';
import type { HeaderContext } from '../wire/headers.ts';
import { type AnswerBegun, beginAnswer } from './answering.ts';
import { Conversation, heard24k, ITEMS_MAX, type Item, readItem, spokenItem } from './conversation.ts';
import { eventName, type RealtimeDialect } from './dialect.ts';
import { COMMIT_MS_MIN, Listening } from './listening.ts';
import {
  alreadyAnswering,
  BUFFER_FULL,
  duplicateItem,
  expired,
  missing,
  NO_ANSWERS,
  NOT_AN_EVENT,
  NOT_BASE64,
  NOTHING_TO_CANCEL,
  noItem,
  noPreviousItem,
  noSuchEvent,
  type Problem,
  TOO_MANY_ITEMS,
  tooLittleSound,
} from './problems.ts';
import { type Cancelled, Running, responseFields } from './running.ts';
import {
  changeProblem,
  merged,
  newSession,
  newTranscription,
  type SessionRecord,
  type SessionSettings,
  settingsOf,
} from './session-settings.ts';
import { type Closing, Outbox, type SocketSession } from './socket-session.ts';

/** How long a session may last. Source: Microsoft Learn, "GPT Realtime API", 30 minutes. Milliseconds. */
export const SESSION_MS_MAX = 30 * 60_000;

export interface RealtimeSetup {
  readonly dialect: RealtimeDialect;
  /** null: a session that only transcribes. */
  readonly deployment: Deployment | null;
  readonly context: HeaderContext;
  /** A date, or `v1`. */
  readonly apiVersion: string;
  /** Laid over the defaults: what an ephemeral key was made for. */
  readonly preset: SessionRecord;
}

/** An event as the client sent it. */
type Event = Readonly<Record<string, unknown>>;

export class RealtimeSession implements SocketSession {
  readonly #premises: Premises;
  readonly #setup: RealtimeSetup;
  readonly #outbox = new Outbox();
  readonly #conversation = new Conversation();
  readonly #listening = new Listening();
  readonly #conversationId: string;
  readonly #endsMs: number;
  #session: SessionRecord;
  #running: Running | null = null;
  #closing: Closing | null = null;
  /** Id of the item that somebody is speaking; null while nobody is. */
  #spoken: string | null = null;

  constructor(premises: Premises, setup: RealtimeSetup, nowMs: number) {
    const { ids } = premises;
    this.#premises = premises;
    this.#setup = setup;
    this.#endsMs = nowMs + SESSION_MS_MAX;
    this.#conversationId = ids.object('conv_');
    const { dialect, deployment, preset } = setup;
    const made = {
      id: ids.object('sess_'),
      model: deployment?.servedModel ?? '',
      expiresAt: Math.floor(this.#endsMs / 1000),
    };
    const defaults = deployment === null ? newTranscription(made) : newSession(dialect, made);
    const { model: _, ...wanted } = preset;
    this.#session = merged(defaults, wanted);
    this.#send(nowMs, 'session.created', { session: this.#session });
    if (dialect === 'preview') {
      const conversation = { id: this.#conversationId, object: 'realtime.conversation' };
      this.#send(nowMs, 'conversation.created', { conversation });
    }
  }

  get dueMs(): number | null {
    return this.#closing === null ? Math.min(this.#outbox.dueMs ?? this.#endsMs, this.#endsMs) : this.#outbox.dueMs;
  }

  get closing(): Closing | null {
    return this.#closing;
  }

  take(nowMs: number): readonly string[] {
    if (nowMs >= this.#endsMs) this.#expire(nowMs);
    return this.#outbox.take(nowMs);
  }

  end(nowMs: number): void {
    this.#running?.begun.work.end(nowMs, 0);
    this.#running = null;
    this.#closing ??= { code: 1000, reason: '' };
  }

  receive(text: string, nowMs: number): void {
    const event = parsedJson(text);
    if (this.#closing !== null) return;
    if (!isRecord(event) || typeof event.type !== 'string') {
      this.#fail(nowMs, null, NOT_AN_EVENT);
      return;
    }
    const problem = this.#act(event.type, event, nowMs);
    if (problem !== null) this.#fail(nowMs, event, problem);
  }

  #act(type: string, event: Event, nowMs: number): Problem | null {
    switch (type) {
      case 'session.update':
      case 'transcription_session.update':
        return this.#update(event, nowMs);
      case 'input_audio_buffer.append':
        return this.#append(event, nowMs);
      case 'input_audio_buffer.commit':
        return this.#commit(nowMs);
      case 'input_audio_buffer.clear':
        this.#listening.clear();
        this.#send(nowMs, 'input_audio_buffer.cleared', {});
        return null;
      case 'conversation.item.create':
        return this.#create(event, nowMs);
      case 'conversation.item.delete':
      case 'conversation.item.retrieve':
      case 'conversation.item.truncate':
        return this.#touch(type, event, nowMs);
      case 'response.create':
        return this.#respond(isRecord(event.response) ? event.response : {}, nowMs);
      case 'response.cancel':
        return this.#cancelAsked(event, nowMs);
      default:
        return noSuchEvent(type);
    }
  }

  #update({ session }: Event, nowMs: number): Problem | null {
    if (!isRecord(session)) return missing('session');
    const problem = changeProblem(session);
    if (problem !== null) return { code: 'invalid_value', ...problem };
    // Neither can be changed, and what a client repeats of them does no harm.
    const { id: _id, object: _object, model: _model, ...change } = session;
    this.#session = merged(this.#session, change);
    this.#send(nowMs, 'session.updated', { session: this.#session });
    return null;
  }

  #append({ audio }: Event, nowMs: number): Problem | null {
    const sound = typeof audio === 'string' ? bytesOfBase64(audio) : null;
    if (sound === null) return NOT_BASE64;
    if (!this.#listening.append(sound)) return BUFFER_FULL;
    const { turnDetection } = this.#settings;
    if (turnDetection === null) return null;
    for (const noticed of this.#listening.notice(turnDetection)) {
      if (noticed.kind === 'started') {
        const itemId = this.#premises.ids.object('item_');
        this.#spoken = itemId;
        const fields = { audio_start_ms: noticed.atMs, item_id: itemId };
        this.#send(nowMs, 'input_audio_buffer.speech_started', fields);
        if (turnDetection.interruptsResponse) this.#cancel(nowMs, 'turn_detected');
        continue;
      }
      const itemId = this.#spoken ?? this.#premises.ids.object('item_');
      this.#send(nowMs, 'input_audio_buffer.speech_stopped', { audio_end_ms: noticed.atMs, item_id: itemId });
      const problem = this.#committed(noticed.sound, itemId, nowMs);
      if (problem !== null) return problem;
      const answers = turnDetection.createsResponse && this.#setup.deployment !== null && this.#running === null;
      const refused = answers ? this.#respond({}, nowMs) : null;
      if (refused !== null) return refused;
    }
    return null;
  }

  #commit(nowMs: number): Problem | null {
    const { durationMs } = this.#listening;
    if (durationMs < COMMIT_MS_MIN) return tooLittleSound(durationMs);
    return this.#committed(this.#listening.commit(), this.#spoken ?? this.#premises.ids.object('item_'), nowMs);
  }

  #committed(sound: Uint8Array, itemId: string, nowMs: number): Problem | null {
    this.#spoken = null;
    if (this.#conversation.full) return TOO_MANY_ITEMS;
    const { transcribes } = this.#settings;
    const heard = heard24k(sound, this.#premises.world.seeded);
    const item = spokenItem(itemId, heard, null);
    const before = this.#conversation.last;
    this.#send(nowMs, 'input_audio_buffer.committed', { previous_item_id: before, item_id: itemId });
    this.#added(item, null, nowMs);
    if (!transcribes) return null;
    this.#conversation.replace(spokenItem(itemId, heard, heard.text));
    const place = { item_id: itemId, content_index: 0 };
    const name = 'conversation.item.input_audio_transcription';
    this.#send(nowMs, `${name}.delta`, { ...place, delta: heard.text });
    const usage = { type: 'duration', seconds: Math.ceil(heard.durationMs / 1000) };
    this.#send(nowMs, `${name}.completed`, { ...place, transcript: heard.text, usage });
    return null;
  }

  #create({ item, previous_item_id: after }: Event, nowMs: number): Problem | null {
    if (this.#conversation.full) return TOO_MANY_ITEMS;
    const { ids, world } = this.#premises;
    const read = readItem(item, ids.object('item_'), world.seeded);
    if (read.kind === 'problem') return { code: 'invalid_value', param: read.param, message: read.message };
    if (this.#conversation.get(read.item.id) !== null) return duplicateItem(read.item.id);
    return this.#added(read.item, typeof after === 'string' ? after : null, nowMs);
  }

  /** Puts it into the conversation and tells so. */
  #added(item: Item, after: string | null, nowMs: number): Problem | null {
    const previous = this.#conversation.insert(item, after);
    if (previous === undefined) return noPreviousItem(after);
    const { dialect } = this.#setup;
    const fields = { previous_item_id: previous, item: item.shown };
    this.#send(nowMs, eventName(dialect, 'conversation.item.added'), fields);
    if (dialect === 'ga') this.#send(nowMs, 'conversation.item.done', fields);
    return null;
  }

  #touch(type: string, event: Event, nowMs: number): Problem | null {
    const id = typeof event.item_id === 'string' ? event.item_id : '';
    const item = this.#conversation.get(id);
    const verb = type.slice('conversation.item.'.length);
    if (item === null) return noItem(verb, id);
    if (verb === 'retrieve') this.#send(nowMs, 'conversation.item.retrieved', { item: item.shown });
    else if (verb === 'delete') {
      this.#conversation.remove(id);
      this.#send(nowMs, 'conversation.item.deleted', { item_id: id });
    } else {
      const { content_index = 0, audio_end_ms = 0 } = event;
      this.#send(nowMs, 'conversation.item.truncated', { item_id: id, content_index, audio_end_ms });
    }
    return null;
  }

  get #settings(): SessionSettings {
    return settingsOf(this.#session);
  }

  /** @param wanted laid over the session's settings for this answer alone. */
  #respond(wanted: Event, nowMs: number): Problem | null {
    const { deployment, dialect, context, apiVersion } = this.#setup;
    if (deployment === null) return NO_ANSWERS;
    if (this.#running !== null) return alreadyAnswering(this.#running.id);
    const problem = changeProblem(wanted);
    if (problem !== null) return { code: 'invalid_value', ...problem };
    const settings = settingsOf(merged(this.#session, wanted));
    const items = this.#itemsFor(wanted);
    if ('message' in items) return items;
    const apart = wanted.conversation === 'none';
    const begun = beginAnswer(
      this.#premises,
      {
        dialect,
        deployment,
        settings,
        turns: items.map(({ turn }) => turn),
        soundTokens: items.reduce((sum, { soundTokens }) => sum + soundTokens, 0),
        previousItem: this.#conversation.last,
        context,
        apiVersion,
      },
      nowMs,
    );
    if (begun.kind === 'refused') return begun;
    this.#begin(begun, settings, { apart, metadata: wanted.metadata ?? null }, nowMs);
    return null;
  }

  /** Those that the answer is to: the conversation's, or those of the event alone. */
  #itemsFor({ input }: Event): readonly Item[] | Problem {
    if (!Array.isArray(input)) return this.#conversation.items;
    const { ids, world } = this.#premises;
    const given: readonly unknown[] = input;
    const items: Item[] = [];
    for (const each of given.slice(0, ITEMS_MAX)) {
      const referred =
        isRecord(each) && each.type === 'item_reference' ? this.#conversation.get(String(each.id)) : null;
      const read = referred === null ? readItem(each, ids.object('item_'), world.seeded) : null;
      if (read?.kind === 'problem')
        return { code: 'invalid_value', param: `response.${read.param}`, message: read.message };
      const item = referred ?? read?.item;
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  #begin(
    begun: Exclude<AnswerBegun, { readonly kind: 'refused' }>,
    settings: SessionSettings,
    { apart, metadata }: { readonly apart: boolean; readonly metadata: unknown },
    nowMs: number,
  ): void {
    const id = begun.responseId;
    const fields = responseFields(this.#setup.dialect, {
      id,
      settings,
      metadata,
      conversation: apart ? null : this.#conversationId,
    });
    this.#send(nowMs, 'response.created', { response: fields });
    if (begun.rateLimits.length > 0) this.#send(nowMs, 'rate_limits.updated', { rate_limits: begun.rateLimits });
    if (begun.kind === 'filtered') {
      const details = { type: 'incomplete', reason: 'content_filter' };
      const response = { ...fields, status: 'incomplete', status_details: details };
      this.#send(nowMs, 'response.done', { response });
      return;
    }
    const running = new Running(begun, fields, apart);
    this.#running = running;
    const { cues, endMs } = begun.script;
    for (const { atMs, type, fields: own, tokens } of cues) {
      if (apart && type.startsWith('conversation.item.')) continue;
      const text = (): string => {
        running.sent(tokens);
        return this.#event(type, own());
      };
      this.#outbox.add(atMs, text, id);
    }
    this.#outbox.add(endMs, () => this.#done(running, endMs), id);
  }

  /** The last event of an answer; what it says is part of the conversation from then on. */
  #done(running: Running, nowMs: number): string {
    this.#running = null;
    if (!running.apart) this.#remember(running);
    return this.#event('response.done', { response: running.end(nowMs, null) });
  }

  #remember({ begun }: Running): void {
    for (const output of begun.script.outputs) {
      const read = readItem(output, String(output.id), this.#premises.world.seeded);
      if (read.kind === 'item' && !this.#conversation.full) this.#conversation.insert(read.item, null);
    }
  }

  #cancelAsked({ response_id: id }: Event, nowMs: number): Problem | null {
    const fits = this.#running !== null && (typeof id !== 'string' || id === this.#running.id);
    if (fits) this.#cancel(nowMs, 'client_cancelled');
    return fits ? null : NOTHING_TO_CANCEL;
  }

  #cancel(nowMs: number, reason: Cancelled): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#outbox.drop(running.id);
    this.#send(nowMs, 'response.done', { response: running.end(nowMs, reason) });
  }

  #expire(nowMs: number): void {
    if (this.#closing !== null) return;
    this.#cancel(nowMs, 'client_cancelled');
    this.#fail(nowMs, null, expired(SESSION_MS_MAX / 60_000));
    this.#closing = { code: 1001, reason: 'session expired' };
  }

  #fail(nowMs: number, event: Event | null, { code, message, param = null }: Problem): void {
    const type = code === 'rate_limit_exceeded' ? 'too_many_requests' : 'invalid_request_error';
    const eventId = typeof event?.event_id === 'string' ? event.event_id : null;
    this.#send(nowMs, 'error', { error: { type, code, message, param, event_id: eventId } });
  }

  #send(nowMs: number, type: string, fields: Readonly<Record<string, unknown>>): void {
    const text = this.#event(type, fields);
    this.#outbox.add(nowMs, () => text);
  }

  #event(type: string, fields: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ type, event_id: this.#premises.ids.object('event_'), ...fields });
  }
}
