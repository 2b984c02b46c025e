/**
 * What a resource keeps of the answers that it generates, and what a request may go on with: the seam between generation and state.
 * A response is kept when it is whole; of one whose client left while it was streamed, that it was cancelled, without what was shown
 * (Azure's contract of the Responses API, azure-sdk, agentserver, "connection termination").
 */
import { isRecord } from '@spillway/protocol';
import type { GenerationAsk, GenerationKind, KeepAsk, Turn } from '../ask/generation.ts';
import type { Held } from '../ask/held.ts';
import { parsedJson } from '../json.ts';
import type { Pace } from '../latency.ts';
import { type Answer, answerOf, refused, streamOf, type Work } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { hashText, mix32 } from '../text.ts';
import type { TokenWork } from '../token-work.ts';
import type { FlatHeaders } from '../wire/headers.ts';
import { tooManyInBackground } from '../wire/refusals.ts';
import { type Rendered, rendererOf } from '../wire/renderer.ts';
import { bareResponse } from '../wire/responses.ts';
import { Background } from './background.ts';
import { Chats } from './chats.ts';
import { Compaction } from './compaction.ts';
import { Conversations } from './conversations.ts';
import { FileShelf } from './files.ts';
import { responsePaths } from './response-paths.ts';
import { type KeptResponse, Responses } from './responses.ts';
import { Seal } from './seal.ts';
import { searchVectorStore } from './vector-search.ts';
import { hasExpired, vectorShelves } from './vector-shelf.ts';

/** An answer with all that it is made of. */
export interface Generated {
  readonly ask: GenerationAsk;
  readonly rendered: Rendered;
  readonly pace: Pace;
  /** Tokens of the longest choice that are shown. */
  readonly tokens: number;
  readonly work: TokenWork;
  /** The answer in one piece, JSON text. */
  readonly whole: () => string;
}

type KeepResponse = Extract<KeepAsk, { kind: 'response' }>;

export class Keeping {
  readonly #responses: Responses;
  readonly #conversations: Conversations;
  readonly #chats: Chats;
  readonly #background: Background;
  readonly #files: FileShelf;
  readonly #seal: Seal;
  readonly #store: Premises['store'];
  readonly #ids: Premises['ids'];
  readonly services: readonly Service[];

  constructor(premises: Omit<Premises, 'serve'>) {
    const { store, ids, chores, facts, world } = premises;
    this.#ids = ids;
    this.#store = store;
    this.#responses = new Responses(store);
    this.#conversations = new Conversations({ store, ids });
    this.#chats = new Chats(store);
    this.#background = new Background(chores);
    this.#files = new FileShelf({ store, ids });
    this.#seal = new Seal(mix32(world.seed ^ hashText(`seal of ${facts.name}`)));
    this.services = [
      onlyOn(['v1'], new Compaction(premises, this)),
      onlyOn(['resource', 'v1'], responsePaths(this.#responses, this.#background)),
      onlyOn(['v1'], this.#conversations.service),
      onlyOn(['v1'], this.#chats.service),
    ];
  }

  held(nowMs: number): Held {
    return {
      responseItems: (id) => this.#responses.items(id, nowMs),
      conversationItems: (id) => this.#conversations.items(id, nowMs),
      item: (id) => this.#responses.item(id, nowMs),
      opened: (sealed) => turnsIn(this.#seal.open(sealed)),
      has: (kind, id) => (kind === 'file' ? this.#files.get(id, nowMs) !== null : this.#hasVectorStore(id, nowMs)),
      search: ({ vectorStoreIds, question, passagesMax, filter, scoreMin }) =>
        searchVectorStore(this.#store, vectorStoreIds, question, passagesMax, { nowMs, filter, scoreMin }),
    };
  }

  #hasVectorStore(id: string, nowMs: number): boolean {
    const found = vectorShelves(this.#store).stores.get(id);
    return found !== null && !hasExpired(found, nowMs);
  }

  sealed(content: unknown, nowMs: number): string {
    return this.#seal.seal(content, nowMs);
  }

  /** An id that nothing kept has: after a restart the same seed draws the same ids again. */
  freshId(operation: GenerationKind, nowMs: number): string {
    let id = this.#ids.answer(operation);
    while (this.#chats.has(id, nowMs) || this.#responses.get(id, nowMs) !== null) id = this.#ids.answer(operation);
    return id;
  }

  /** The work of an answer that the client waits for: when it is over, what is to be kept is kept. */
  workOf(generated: Generated): Work {
    const { ask, work } = generated;
    const { keep } = ask;
    return keep === undefined ? work : new KeptWork(work, (nowMs, whole) => this.#keep(generated, keep, whole, nowMs));
  }

  #keep({ ask, rendered, whole: text }: Generated, keep: KeepAsk, whole: boolean, nowMs: number): void {
    const { id } = rendered.envelope;
    if (keep.kind === 'chat') {
      if (whole) this.#chats.put(id, text(), keep, nowMs);
      return;
    }
    const response = whole ? text() : bareResponse(ask, rendered, 'cancelled');
    this.#responses.put(id, keptOf(keep, response, ask.stream, false), nowMs);
    if (whole) this.#append(keep, response, nowMs);
  }

  /** Question and answer become part of the conversation that they belong to. */
  #append({ conversation, input }: KeepResponse, response: string, nowMs: number): void {
    if (conversation === null) return;
    const answer = parsedJson(response);
    const output = isRecord(answer) ? answer.output : [];
    const items = [parsedJson(input), output].flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []));
    this.#conversations.add(conversation, items, nowMs);
  }

  /** @returns the refusal of an answer in the background where there are too many; null where there is room, or it is none. */
  backgroundRefusal({ keep }: GenerationAsk, headers: FlatHeaders, deployment: string): Answer | null {
    if (keep?.kind !== 'response' || !keep.background || !this.#background.full) return null;
    return refused(tooManyInBackground(), headers, deployment);
  }

  /** @returns what the client gets at once; null where it waits for the whole. */
  inBackground(generated: Generated, headers: FlatHeaders, deployment: string, nowMs: number): Answer | null {
    const { ask, rendered, pace, work } = generated;
    const { keep } = ask;
    if (keep?.kind !== 'response' || !keep.background) return null;
    const { id } = rendered.envelope;
    const bare = bareResponse(ask, rendered, 'queued');
    this.#responses.put(id, keptOf(keep, bare, ask.stream, true), nowMs);
    const making = {
      ...generated,
      id,
      events: ask.stream ? rendererOf(ask, rendered).events() : null,
      bare: (status: 'queued' | 'in_progress' | 'cancelled') => bareResponse(ask, rendered, status),
      ready: (readyMs: number) => this.#keep(generated, keep, true, readyMs),
    };
    const events = this.#background.begin(making, nowMs);
    const unheard = new UnheardWork(work);
    return events === null
      ? answerOf(bare, headers, deployment, 0, unheard)
      : streamOf({ kind: 'events', events, pace }, headers, deployment, unheard);
  }
}

function keptOf(keep: KeepResponse, response: string, stream: boolean, pending: boolean): KeptResponse {
  const { input, previous, history, background } = keep;
  return { response, input, previous, history, background, stream, pending };
}

/** Thoughts are sealed without turns; a conversation that was compacted has its turns in it. null: was not opened. */
function turnsIn(content: unknown): readonly Turn[] | null {
  if (!isRecord(content)) return null;
  const turns: readonly unknown[] = Array.isArray(content.turns) ? content.turns : [];
  return turns.flatMap((turn): readonly Turn[] => {
    const role = isRecord(turn) ? ROLES.find((each) => each === turn.role) : undefined;
    return role !== undefined && isRecord(turn) && typeof turn.text === 'string' ? [{ role, text: turn.text }] : [];
  });
}

const ROLES = ['system', 'user', 'assistant', 'tool'] as const;

function onlyOn(dialects: readonly ServiceCall['dialect'][], service: Service): Service {
  return { answer: (call) => (dialects.includes(call.dialect) ? service.answer(call) : null) };
}

/** Work that leaves something behind. */
class KeptWork implements Work {
  readonly #work: Work;
  readonly #keep: (nowMs: number, whole: boolean) => void;
  #over = false;

  constructor(work: Work, keep: (nowMs: number, whole: boolean) => void) {
    this.#work = work;
    this.#keep = keep;
  }

  get usage(): Work['usage'] {
    return this.#work.usage;
  }

  end(nowMs: number, shownEvents: number | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#work.end(nowMs, shownEvents);
    this.#keep(nowMs, shownEvents === null);
  }
}

/** Work that goes on when its client has gone. */
class UnheardWork implements Work {
  readonly #work: Work;

  constructor(work: Work) {
    this.#work = work;
  }

  get usage(): Work['usage'] {
    return this.#work.usage;
  }

  end(): void {
    // The background ends it.
  }
}
