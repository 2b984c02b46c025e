/** Models behind a gateway, Azure, OpenAI or a local server, by the official SDK. One call is one try: waiting is the answer's matter. */
import type { Clock } from '@spillway/clock';
import { OpenAI } from 'openai';
import type { CallParameters } from '../events.ts';
import type { ModelSettings } from '../settings/model-settings.ts';
import type { ReasoningEffort } from '../settings/reasoning-effort.ts';
import { type Door, doorsOf, isWrongDoor } from './doors.ts';
import { categoriesOf, failureOf, filterSentence, noGateway, plain } from './failure.ts';
import { gatewayNote } from './gateway-note.ts';
import { entraTokens, type TokenSource } from './identity.ts';
import { IdleWatch } from './idle-watch.ts';
import {
  type AnswerAsk,
  type AnswerManner,
  type AnswerPiece,
  type Embedded,
  ModelFailure,
  type Models,
  type Planned,
  type PromptMessage,
  type ToolSpec,
} from './models.ts';

export interface ModelClientOptions {
  readonly settings: ModelSettings;
  readonly clock: Clock;
  /** For tests. */
  readonly tokens?: TokenSource;
}

interface Sent extends CallParameters {
  readonly reasoningEffort: ReasoningEffort | null;
}

/** Enough for three queries; models that think first need more. */
const PLAN_TOKENS_MAX = 200;
const REASONING_TOKENS_MIN = 8_192;
/** Of calls in one plan so many are looked at. */
const CALLS_MAX = 8;

export class ModelClient implements Models {
  readonly embeddingModel: string | null;
  readonly #settings: ModelSettings;
  readonly #clock: Clock;
  readonly #tokens: TokenSource;
  readonly #doors: readonly Door[];
  /** As set, or as the deployment turned out to be: its name tells nothing of its model. */
  #isReasoning: boolean;
  /** The door that answered; null: none did so far. */
  #door: Door | null = null;
  readonly #clients = new Map<string, OpenAI>();

  constructor({ settings, clock, tokens }: ModelClientOptions) {
    this.#settings = settings;
    this.#clock = clock;
    this.#tokens = tokens ?? entraTokens(settings.credential.kind === 'entra' ? settings.credential.scope : '');
    this.#doors = doorsOf(settings);
    this.#isReasoning = settings.isReasoning;
    this.embeddingModel = settings.embedding?.model ?? null;
  }

  /** Which way into the address answered; null before the first answer. */
  get doorKind(): Door['kind'] | null {
    return this.#door?.kind ?? null;
  }

  async *answer(ask: AnswerAsk, signal: AbortSignal): AsyncGenerator<AnswerPiece> {
    const { chat, idleMs } = this.#settings;
    const watch = new IdleWatch(this.#clock, idleMs, signal);
    try {
      const streamed = { stream: true as const, stream_options: { include_usage: true } };
      const { data, response } = await this.#chat((client) =>
        client.chat.completions
          .create(
            { messages: [...ask.messages], ...this.#body(this.answerParameters(ask)), ...streamed },
            { signal: watch.signal },
          )
          .withResponse(),
      );
      yield { kind: 'begun', gateway: gatewayNote(response.headers) };
      let finish: string | null = null;
      for await (const chunk of data) {
        watch.heard();
        for (const piece of piecesOf(chunk)) yield piece;
        finish = finishOf(chunk) ?? finish;
      }
      if (finish === null) throw plain('gatewayDown', 'the stream ended before the answer did');
      yield { kind: 'ended', finish: finish === 'length' ? 'length' : 'stop' };
    } catch (error) {
      throw watch.isIdle ? plain('timeout') : failureOf(error, chat);
    } finally {
      watch.end();
    }
  }

  async plan(messages: readonly PromptMessage[], tool: ToolSpec, signal: AbortSignal): Promise<Planned> {
    const { chat: model, idleMs } = this.#settings;
    const watch = new IdleWatch(this.#clock, idleMs, signal);
    const parameters = { ...tool.parameters };
    const tools = [
      { type: 'function' as const, function: { name: tool.name, description: tool.description, parameters } },
    ];
    try {
      const { data, response } = await this.#chat((client) =>
        client.chat.completions
          .create({ messages: [...messages], ...this.#body(this.planParameters()), tools }, { signal: watch.signal })
          .withResponse(),
      );
      const message = data.choices[0]?.message;
      const call = callOf(message?.tool_calls ?? [], tool.name);
      return { call, text: message?.content ?? '', gateway: gatewayNote(response.headers) };
    } catch (error) {
      throw watch.isIdle ? plain('timeout') : failureOf(error, model);
    } finally {
      watch.end();
    }
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    const { embedding, idleMs } = this.#settings;
    if (embedding === null) throw new ModelFailure('internal', 'Vectors are switched off (USE_VECTORS).');
    const { deployment, dimensions } = embedding;
    const watch = new IdleWatch(this.#clock, idleMs, signal);
    const body = { model: deployment, input: [...texts], ...(dimensions === null ? {} : { dimensions }) };
    try {
      // The SDK asks for base64 by itself, and gives back numbers (chat-app.md §1.4).
      const { data, response } = await this.#through(deployment, (client) =>
        client.embeddings.create(body, { signal: watch.signal }).withResponse(),
      );
      const vectors = vectorsOf(data.data, texts.length);
      return { vectors, gateway: gatewayNote(response.headers) };
    } catch (error) {
      throw watch.isIdle ? plain('timeout') : failureOf(error, deployment);
    } finally {
      watch.end();
    }
  }

  answerParameters({ temperature, seed, reasoningEffort }: AnswerManner): Sent {
    const { chat: model, answerTokensMax, ...preset } = this.#settings;
    if (this.#isReasoning) {
      const tokensMax = Math.max(answerTokensMax, REASONING_TOKENS_MIN);
      return { model, temperature: null, tokensMax, reasoningEffort: reasoningEffort ?? preset.reasoningEffort, seed };
    }
    const heat = temperature ?? preset.temperature;
    return { model, temperature: heat, tokensMax: answerTokensMax, reasoningEffort: null, seed };
  }

  planParameters(): Sent {
    const rest = { model: this.#settings.chat, reasoningEffort: null, seed: null };
    return this.#isReasoning
      ? { ...rest, temperature: null, tokensMax: REASONING_TOKENS_MIN }
      : { ...rest, temperature: 0, tokensMax: PLAN_TOKENS_MAX };
  }

  /** Just what is told of a call is sent. */
  #body({ model, temperature, tokensMax, reasoningEffort, seed }: Sent) {
    return {
      model,
      ...(this.#isReasoning ? { max_completion_tokens: tokensMax } : { max_tokens: tokensMax }),
      ...(temperature === null ? {} : { temperature }),
      ...(reasoningEffort === null ? {} : { reasoning_effort: reasoningEffort }),
      ...(seed === null ? {} : { seed }),
    };
  }

  /** Of the chat model. One that refuses what models that think first refuse is asked once more, and from then on, as one of them. */
  async #chat<T extends { readonly response: Response }>(call: (client: OpenAI) => Promise<T>): Promise<T> {
    const { chat } = this.#settings;
    try {
      return await this.#through(chat, call);
    } catch (error) {
      if (this.#isReasoning || !isForReasoning(error)) throw error;
      this.#isReasoning = true;
      return await this.#through(chat, call);
    }
  }

  /** Calls through the door that is known, or through one after the other until somebody is behind it. */
  async #through<T extends { readonly response: Response }>(
    deployment: string,
    call: (client: OpenAI) => Promise<T>,
  ): Promise<T> {
    if (this.#settings.url === '') throw noGateway();
    let first: unknown = null;
    for (const door of this.#door === null ? this.#doors : [this.#door]) {
      try {
        const result = await call(this.#client(door, deployment));
        if (isPage(result.response)) throw plain('gatewayDown', 'a web page was answered, no model');
        this.#door = door;
        return result;
      } catch (error) {
        first ??= error;
        if (!isNobody(error)) {
          if (error instanceof OpenAI.APIError && error.status !== undefined) this.#door = door;
          throw error;
        }
      }
    }
    throw first;
  }

  #client(door: Door, deployment: string): OpenAI {
    const baseURL = door.baseUrl(deployment);
    const known = this.#clients.get(baseURL);
    if (known !== undefined) return known;
    const made = new OpenAI({
      baseURL,
      maxRetries: 0,
      timeout: this.#settings.idleMs,
      organization: this.#settings.organization,
      project: null,
      defaultQuery: { ...door.query },
      // A redirect would carry the key to another host.
      fetchOptions: { redirect: 'error' },
      ...this.#credentials(door),
    });
    this.#clients.set(baseURL, made);
    return made;
  }

  #credentials({ keyHeader }: Door) {
    const { credential } = this.#settings;
    const told = { 'x-spillway-explain': 'json' };
    if (credential.kind === 'entra') return { apiKey: this.#tokens, defaultHeaders: told };
    if (credential.kind === 'none') return { apiKey: 'none', defaultHeaders: { ...told, authorization: null } };
    const key = credential.key.reveal();
    if (keyHeader === 'authorization') return { apiKey: key, defaultHeaders: told };
    return { apiKey: key, defaultHeaders: { ...told, authorization: null, 'api-key': key } };
  }
}

/** `max_tokens`, or a temperature other than theirs. */
function isForReasoning(error: unknown): boolean {
  if (!(error instanceof OpenAI.APIError) || error.status !== 400) return false;
  const isUnsupported = error.code === 'unsupported_parameter' || error.code === 'unsupported_value';
  return isUnsupported && (error.param === 'max_tokens' || error.param === 'temperature');
}

type ToolCall = OpenAI.Chat.Completions.ChatCompletionMessageToolCall;

/** @returns the arguments; of several calls a list of theirs, without those that are no JSON. */
function callOf(calls: readonly ToolCall[], name: string): string | null {
  const given = calls.flatMap((call) =>
    call.type === 'function' && call.function.name === name ? call.function.arguments : [],
  );
  if (given.length < 2) return given[0] ?? null;
  return `[${given.slice(0, CALLS_MAX).filter(isJson).join(',')}]`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isNobody(error: unknown): boolean {
  if (error instanceof OpenAI.APIError) return isWrongDoor(error.status, error.code);
  return error instanceof ModelFailure && error.kind === 'gatewayDown';
}

function isPage({ headers }: Response): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;

/** @throws ModelFailure where the filter stopped the answer. */
function piecesOf({ choices, usage }: Chunk): readonly AnswerPiece[] {
  const choice = choices?.[0];
  const pieces: AnswerPiece[] = [];
  const text = choice?.delta?.content ?? '';
  if (text !== '') pieces.push({ kind: 'text', text });
  if (usage != null) {
    pieces.push({ kind: 'usage', promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens });
  }
  if (choice?.finish_reason === 'content_filter') {
    throw new ModelFailure('filtered', filterSentence('output', categoriesOf(choice)));
  }
  return pieces;
}

function finishOf({ choices }: Chunk): string | null {
  return choices?.[0]?.finish_reason ?? null;
}

function vectorsOf(data: readonly OpenAI.Embedding[], wanted: number): readonly Float32Array[] {
  const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding));
  const length = vectors[0]?.length ?? 0;
  if (vectors.length === wanted && length > 0 && vectors.every((each) => each.length === length)) return vectors;
  throw new ModelFailure('internal', `The gateway gave ${vectors.length} vectors for ${wanted} texts.`);
}
