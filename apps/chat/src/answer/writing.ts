/** The answer's text as it is written by the model: marks become citations, questions at its end are cut out, the rest is streamed. */
import { type AnswerPart, AnswerScanner, answerMessages, type PlacedLabel, type Source } from '@spillway/rag';
import { answerFailure } from '../models/failure.ts';
import type { AnswerAsk, AnswerPiece } from '../models/models.ts';
import type { AnswererParts, AskedQuestion, Tell } from './answerer.ts';
import { promptStep } from './prompt-step.ts';
import type { OneWait } from './wait.ts';

/** What of history and sources goes into the prompt. */
interface Share {
  readonly sources: readonly Source[];
  readonly historyTokensMax: number;
}

export class Writing {
  readonly #parts: AnswererParts;
  readonly #asked: AskedQuestion;
  readonly #tell: Tell;
  readonly #followUps: boolean;
  readonly #questions: string[] = [];
  readonly #citations: PlacedLabel[] = [];
  readonly #invented = new Set<string>();
  #text = '';
  /** Whose prompt was told last: tried again after a wait it is the same. */
  #told: Share | null = null;

  constructor(parts: AnswererParts, asked: AskedQuestion, tell: Tell) {
    this.#parts = parts;
    this.#asked = asked;
    this.#tell = tell;
    this.#followUps = asked.overrides.followups ?? parts.settings.followups;
  }

  get text(): string {
    return this.#text;
  }

  get citations(): readonly PlacedLabel[] {
    return this.#citations;
  }

  /** Retried only while nothing was written: after a 429 as told, and once with less where it was too long. @throws ModelFailure */
  async write(sources: readonly Source[], wait: OneWait, signal: AbortSignal): Promise<void> {
    let share: Share = { sources, historyTokensMax: this.#parts.settings.historyTokensMax };
    let isCut = false;
    for (;;) {
      try {
        await this.#stream(share, signal);
        break;
      } catch (error) {
        if (this.#text !== '') throw error;
        const failure = answerFailure(error);
        if (failure.gateway !== null) this.#tell({ type: 'gateway', step: 'answer', gateway: failure.gateway });
        if (failure.kind === 'tooLong' && !isCut && !signal.aborted) {
          isCut = true;
          share = less(share);
          const text = `The prompt was too long for the model: earlier turns are left out, and ${share.sources.length} of ${sources.length} passages are kept.`;
          const about = { kind: 'shortened', kept: share.sources.length, of: sources.length } as const;
          this.#tell({ type: 'step', title: 'Shortened', text, ms: 0, about });
        } else await wait.after(failure);
      }
    }
    this.#tellEnd();
  }

  async #stream(share: Share, signal: AbortSignal): Promise<void> {
    const { sources, historyTokensMax } = share;
    const { overrides, question, history, mode } = this.#asked;
    const scanner = new AnswerScanner({ labels: sources.map(({ label }) => label), followUps: this.#followUps });
    const messages = answerMessages({
      question,
      history: mode === 'ask' ? [] : history,
      sources,
      override: overrides.promptTemplate ?? this.#parts.settings.prompt,
      followUps: this.#followUps,
      historyTokensMax,
    });
    const { temperature = null, seed = null, reasoningEffort = null } = overrides;
    const ask = { messages, temperature, seed, reasoningEffort };
    try {
      for await (const piece of this.#parts.models.answer(ask, signal)) {
        this.#tellPrompt(share, ask);
        this.#take(piece, scanner);
      }
    } finally {
      // What was asked is of interest above all where nobody answered.
      this.#tellPrompt(share, ask);
      // Also what a stream that broke off had left undecided: nothing that came is lost.
      for (const part of scanner.end()) this.#part(part);
    }
  }

  /** Not before the call: only then it is known how the model wants to be asked. */
  #tellPrompt(share: Share, { messages, ...manner }: AnswerAsk): void {
    if (this.#told === share) return;
    this.#told = share;
    this.#tell(promptStep('answer', messages, this.#parts.models.answerParameters(manner)));
  }

  #take(piece: AnswerPiece, scanner: AnswerScanner): void {
    switch (piece.kind) {
      case 'begun':
        this.#tell({ type: 'gateway', step: 'answer', gateway: piece.gateway });
        break;
      case 'text':
        for (const part of scanner.push(piece.text)) this.#part(part);
        break;
      case 'usage':
        this.#tell({ type: 'usage', promptTokens: piece.promptTokens, completionTokens: piece.completionTokens });
        break;
      case 'ended':
        if (piece.finish === 'length') {
          this.#tell({ type: 'step', title: 'Answer', text: CUT, ms: 0, about: { kind: 'cut' } });
        }
    }
  }

  #part(part: AnswerPart): void {
    switch (part.kind) {
      case 'text':
        this.#text += part.text;
        this.#tell({ type: 'delta', text: part.text });
        break;
      case 'mark':
        for (const label of part.invented) this.#invented.add(label);
        for (const label of part.labels) {
          this.#citations.push({ label, at: part.at });
          this.#tell({ type: 'citation', label, at: part.at });
        }
        break;
      case 'followUps':
        this.#questions.push(...part.questions);
    }
  }

  #tellEnd(): void {
    if (this.#followUps && this.#questions.length > 0) {
      this.#tell({ type: 'followups', questions: this.#questions.slice(0, FOLLOW_UPS_MAX) });
    }
    if (this.#invented.size === 0) return;
    const labels = [...this.#invented].slice(0, INVENTED_TOLD_MAX);
    const text = `Left out, since no passage has this label: ${labels.join(', ')}.`;
    this.#tell({ type: 'step', title: 'Invented citations', text, ms: 0, about: { kind: 'invented', labels } });
  }
}

const FOLLOW_UPS_MAX = 5;
const INVENTED_TOLD_MAX = 20;
const CUT = 'The answer was cut where its limit of tokens was (SPILLWAY_CHAT_ANSWER_TOKENS_MAX).';

/** The oldest turns and the lowest passages go first. Labels stay: those that are left begin with S1 as before. */
function less({ sources, historyTokensMax }: Share): Share {
  const kept = Math.max(1, Math.ceil(sources.length / 2));
  return { sources: sources.slice(0, kept), historyTokensMax: Math.floor(historyTokensMax / 4) };
}
