/** Models that say what a test tells them to, and write down what they were asked. */
import type { CallParameters, GatewayEvent } from '../../events.ts';
import type {
  AnswerAsk,
  AnswerManner,
  AnswerPiece,
  Embedded,
  ModelFailure,
  Models,
  Planned,
  PromptMessage,
} from '../../models/models.ts';

export const NOTE: GatewayEvent = {
  requestId: 'r1',
  deployment: 'openai1/chat',
  attempts: 1,
  decision: null,
  waitedMs: null,
};

/** Pieces of text, or a failure that ends the try there. */
export type Script = readonly (string | ModelFailure)[];

export class FakeModels implements Models {
  readonly embeddingModel: string | null = null;
  readonly asked: AnswerAsk[] = [];
  readonly planned: (readonly PromptMessage[])[] = [];
  /** One for each try; the last one is repeated. */
  readonly scripts: Script[];
  planReply: Planned | ModelFailure = { call: null, text: '', gateway: NOTE };
  /** Called before each piece. */
  beforePiece: (signal: AbortSignal) => Promise<void> = async () => {};

  constructor(...scripts: Script[]) {
    this.scripts = scripts;
  }

  answerParameters({ temperature, seed, reasoningEffort }: AnswerManner): CallParameters {
    return { model: 'chat', temperature, tokensMax: 1_024, reasoningEffort, seed };
  }

  planParameters(): CallParameters {
    return { model: 'chat', temperature: 0, tokensMax: 200, reasoningEffort: null, seed: null };
  }

  async *answer(ask: AnswerAsk, signal: AbortSignal): AsyncGenerator<AnswerPiece> {
    this.asked.push(ask);
    const script = (this.scripts.length > 1 ? this.scripts.shift() : this.scripts[0]) ?? [];
    const [first] = script;
    if (first !== undefined && typeof first !== 'string') throw first;
    yield { kind: 'begun', gateway: NOTE };
    for (const text of script) {
      await this.beforePiece(signal);
      if (signal.aborted) throw signal.reason;
      if (typeof text !== 'string') throw text;
      yield { kind: 'text', text };
    }
    yield { kind: 'usage', promptTokens: 10, completionTokens: 5 };
    yield { kind: 'ended', finish: 'stop' };
  }

  async plan(messages: readonly PromptMessage[]): Promise<Planned> {
    this.planned.push(messages);
    if (this.planReply instanceof Error) throw this.planReply;
    return this.planReply;
  }

  embed(): Promise<Embedded> {
    return Promise.reject(new Error('no vectors'));
  }
}
