/**
 * An answer taken apart while it is streamed: text, marks of sources (`[S1]`, `[S1][S3]`, `[S1, S2]`), follow-up questions between
 * double angle brackets or below a heading at the end. How the text arrives in pieces makes no difference, and each character comes
 * out exactly once, in the `raw` of one part.
 */
import { followUpsAt, markAt, questionAt } from './marks.ts';

export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string; readonly raw: string }
  /** @property at place in the text told so far, UTF-16 units. */
  | {
      readonly kind: 'mark';
      /** Of sources that there are. */
      readonly labels: readonly string[];
      /** Of none that there is: to be dropped. */
      readonly invented: readonly string[];
      readonly at: number;
      readonly raw: string;
    }
  | { readonly kind: 'followUps'; readonly questions: readonly string[]; readonly raw: string };

export interface ScanSettings {
  /** Labels of the sources that the model was given. */
  readonly labels: Iterable<string>;
  /** Questions below a heading are cut out only where they were asked for. */
  readonly followUps: boolean;
}

/** Blanks before a mark go with it; longer runs are text. */
const BLANKS_MAX = 16;
/** Where plain text may end. */
const SPECIAL = /[ \t\n[【<]/;

export class AnswerScanner {
  readonly #known: ReadonlySet<string>;
  readonly #followUps: boolean;
  /** What cannot be decided yet; bounded by the longest thing looked for. */
  #held = '';
  #length = 0;
  #isLineStart = true;
  /** The fence that opened the code we are in; null outside. */
  #fence: string | null = null;

  constructor({ labels, followUps }: ScanSettings) {
    this.#known = new Set(labels);
    this.#followUps = followUps;
  }

  push(piece: string): readonly AnswerPart[] {
    this.#held += piece;
    return this.#parts(false);
  }

  /** Tells what was held back. */
  end(): readonly AnswerPart[] {
    return this.#parts(true);
  }

  #parts(isEnd: boolean): readonly AnswerPart[] {
    const parts: AnswerPart[] = [];
    let at = 0;
    while (at < this.#held.length) {
      const part = this.#next(this.#held.slice(at), isEnd);
      if (part === 'wait') break;
      at += part.raw.length;
      const last = parts.at(-1);
      if (part.kind === 'text' && last?.kind === 'text')
        parts[parts.length - 1] = { kind: 'text', text: last.text + part.text, raw: last.raw + part.raw };
      else parts.push(part);
    }
    this.#held = this.#held.slice(at);
    return parts;
  }

  /** The first part of what is held. */
  #next(held: string, isEnd: boolean): AnswerPart | 'wait' {
    if (this.#isLineStart) {
      const fence = this.#fenceAt(held, isEnd);
      if (fence !== null) return fence;
    }
    if (this.#fence !== null) return this.#text(held.slice(0, lineEnd(held)));
    if (this.#isLineStart && this.#followUps) {
      const look = followUpsAt(held, isEnd);
      if (look.kind === 'wait') return 'wait';
      if (look.kind === 'found') return this.#questions(look.found, held.slice(0, look.length));
    }
    return this.#inLine(held, isEnd);
  }

  #inLine(held: string, isEnd: boolean): AnswerPart | 'wait' {
    const blanks = /^[ \t]*/.exec(held.slice(0, BLANKS_MAX))?.[0].length ?? 0;
    if (blanks >= BLANKS_MAX) return this.#text(held.slice(0, 1));
    if (blanks === held.length) return isEnd ? this.#text(held) : 'wait';
    const mark = markAt(held.slice(blanks), isEnd);
    if (mark.kind === 'wait') return 'wait';
    if (mark.kind === 'found') return this.#mark(mark.found, held.slice(0, blanks + mark.length));
    if (blanks > 0) return this.#text(held.slice(0, blanks));
    const question = questionAt(held, isEnd);
    if (question.kind === 'wait') return 'wait';
    if (question.kind === 'found') return this.#questions([question.found], held.slice(0, question.length));
    if (held.startsWith('\n')) return this.#text('\n');
    const special = held.slice(1).search(SPECIAL);
    return this.#text(special < 0 ? held : held.slice(0, special + 1));
  }

  /** null: no fence begins or ends here. */
  #fenceAt(held: string, isEnd: boolean): AnswerPart | 'wait' | null {
    const found = /^ {0,3}(`{3}|~{3})/.exec(held);
    if (found === null) {
      const mayBecome = /^ {0,3}(?:`{0,2}|~{0,2})$/.test(held);
      return mayBecome && !isEnd ? 'wait' : null;
    }
    const [raw, fence] = found;
    if (this.#fence === null) this.#fence = fence ?? null;
    else if (this.#fence === fence) this.#fence = null;
    return this.#text(raw);
  }

  #text(raw: string): AnswerPart {
    this.#length += raw.length;
    this.#isLineStart = raw.endsWith('\n');
    return { kind: 'text', text: raw, raw };
  }

  #mark(labels: readonly string[], raw: string): AnswerPart {
    this.#isLineStart = false;
    const known = labels.filter((label) => this.#known.has(label));
    const invented = labels.filter((label) => !this.#known.has(label));
    return { kind: 'mark', labels: known, invented, at: this.#length, raw };
  }

  #questions(questions: readonly string[], raw: string): AnswerPart {
    this.#isLineStart = raw.endsWith('\n');
    return { kind: 'followUps', questions, raw };
  }
}

/** Behind its line end, or all there is. */
function lineEnd(held: string): number {
  const at = held.indexOf('\n');
  return at < 0 ? held.length : at + 1;
}

export interface ScannedAnswer {
  readonly text: string;
  readonly citations: readonly PlacedLabel[];
  readonly invented: readonly string[];
  readonly followUps: readonly string[];
}

export interface PlacedLabel {
  readonly label: string;
  /** Place in the text, UTF-16 units. */
  readonly at: number;
}

/** An answer that came in one piece. */
export function scanAnswer(answer: string, settings: ScanSettings): ScannedAnswer {
  const scanner = new AnswerScanner(settings);
  const parts = [...scanner.push(answer), ...scanner.end()];
  return {
    text: parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    citations: parts.flatMap((part) =>
      part.kind === 'mark' ? part.labels.map((label) => ({ label, at: part.at })) : [],
    ),
    invented: parts.flatMap((part) => (part.kind === 'mark' ? part.invented : [])),
    followUps: parts.flatMap((part) => (part.kind === 'followUps' ? part.questions : [])),
  };
}
