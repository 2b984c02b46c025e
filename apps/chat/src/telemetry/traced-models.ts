/** Models with a span around each call, in the words of OpenTelemetry's conventions for generative AI. */
import type { Facts } from '@spillway/tracing';
import type { CallParameters, GatewayEvent } from '../events.ts';
import { answerFailure } from '../models/failure.ts';
import type {
  AnswerAsk,
  AnswerManner,
  AnswerPiece,
  Embedded,
  Models,
  Planned,
  PromptMessage,
  ToolSpec,
} from '../models/models.ts';
import type { ModelSettings } from '../settings/model-settings.ts';
import type { Span, SpanStart, Tracing } from './tracing.ts';

export class TracedModels implements Models {
  readonly #models: Models;
  readonly #settings: ModelSettings;
  readonly #tracing: Tracing;

  constructor(models: Models, settings: ModelSettings, tracing: Tracing) {
    this.#models = models;
    this.#settings = settings;
    this.#tracing = tracing;
  }

  get embeddingModel(): string | null {
    return this.#models.embeddingModel;
  }

  answerParameters(manner: AnswerManner): CallParameters {
    return this.#models.answerParameters(manner);
  }

  planParameters(): CallParameters {
    return this.#models.planParameters();
  }

  async *answer(ask: AnswerAsk, signal: AbortSignal): AsyncGenerator<AnswerPiece> {
    const span = this.#begin('chat', this.#settings.chat, { ...asked(ask), 'gen_ai.output.type': 'text' });
    const pieces = span.run(() => this.#models.answer(ask, signal)[Symbol.asyncIterator]());
    try {
      for (;;) {
        const { done, value } = await span.run(() => pieces.next());
        if (done === true) return;
        span.set(factsOf(value));
        yield value;
      }
    } catch (error) {
      failed(span, error, signal);
      throw error;
    } finally {
      await pieces.return?.();
      span.end();
    }
  }

  plan(messages: readonly PromptMessage[], tool: ToolSpec, signal: AbortSignal): Promise<Planned> {
    const span = this.#begin('chat', this.#settings.chat, {});
    return this.#called(span, signal, () => this.#models.plan(messages, tool, signal));
  }

  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    const span = this.#begin('embeddings', this.#settings.embedding?.deployment ?? '', { [INPUTS]: texts.length });
    return this.#called(span, signal, async () => {
      const embedded = await this.#models.embed(texts, signal);
      span.set({ 'gen_ai.embeddings.dimension.count': embedded.vectors[0]?.length ?? 0 });
      return embedded;
    });
  }

  async #called<T extends { readonly gateway: GatewayEvent }>(
    span: Span,
    signal: AbortSignal,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await span.run(call);
      span.set(gatewayFacts(result.gateway));
      return result;
    } catch (error) {
      failed(span, error, signal);
      throw error;
    } finally {
      span.end();
    }
  }

  #begin(operation: 'chat' | 'embeddings', model: string, more: Facts): Span {
    const { host, url } = this.#settings;
    const { hostname, port, protocol, origin } = new URL(url);
    const facts: Facts = {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': host === 'azure' || host === 'azure_custom' ? 'azure.ai.openai' : 'openai',
      'gen_ai.request.model': model,
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      ...more,
    };
    const start: SpanStart = { kind: 'client', facts, origin };
    return this.#tracing.begin(`${operation} ${model}`, start);
  }
}

const INPUTS = 'spillway.embeddings.inputs';

function asked({ temperature, seed }: AnswerAsk): Facts {
  return {
    ...(temperature === null ? {} : { 'gen_ai.request.temperature': temperature }),
    ...(seed === null ? {} : { 'gen_ai.request.seed': seed }),
  };
}

function factsOf(piece: AnswerPiece): Facts {
  switch (piece.kind) {
    case 'begun':
      return gatewayFacts(piece.gateway);
    case 'usage':
      return {
        ...(piece.promptTokens === null ? {} : { 'gen_ai.usage.input_tokens': piece.promptTokens }),
        ...(piece.completionTokens === null ? {} : { 'gen_ai.usage.output_tokens': piece.completionTokens }),
      };
    case 'ended':
      return { 'gen_ai.response.finish_reasons': [piece.finish === 'filtered' ? 'content_filter' : piece.finish] };
    case 'text':
      return {};
  }
}

/** Who answered, for a look at the gateway's own log. */
function gatewayFacts({ requestId, deployment, attempts, waitedMs }: GatewayEvent): Facts {
  return {
    ...(requestId === null ? {} : { 'spillway.request_id': requestId }),
    ...(deployment === null ? {} : { 'spillway.deployment': deployment }),
    ...(attempts === null ? {} : { 'spillway.attempts': attempts }),
    ...(waitedMs === null ? {} : { 'spillway.waited_ms': waitedMs }),
  };
}

/** An answer that its reader stopped did not fail. */
function failed(span: Span, error: unknown, signal: AbortSignal): void {
  if (signal.aborted) return span.set({ 'spillway.stopped': true });
  const { kind, gateway } = answerFailure(error);
  if (gateway !== null) span.set(gatewayFacts(gateway));
  span.fail(kind);
}
