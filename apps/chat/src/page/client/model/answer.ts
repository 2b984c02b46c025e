/** An answer as the page knows it: what has been streamed so far, folded. An event that was already taken is passed over. */
import type {
  AnswerEvent,
  AnswerPhase,
  FailureKind,
  GatewayEvent,
  ModelCall,
  RetrievalMode,
  SourceEvent,
  StepAbout,
} from '../../../events.ts';
import { aboutOf } from './step.ts';

export type AnswerStatus = 'answering' | 'done' | 'stopped' | 'failed';

export interface Failure {
  readonly kind: FailureKind;
  /** Of a refusal of the server, or of ours; null: the kind says all. */
  readonly code: string | null;
  readonly message: string;
  /** Since 1970; null: it is not known when it is worth another try. */
  readonly retryAtMs: number | null;
}

export interface Citation {
  readonly label: string;
  readonly at: number;
}

export interface Step {
  readonly title: string;
  readonly text: string;
  readonly ms: number;
  /** The same in figures, to be told in any language; null: an older answer, or a kind that this page does not know. */
  readonly about: StepAbout | null;
}

export interface GatewayStep {
  readonly step: ModelCall | 'embed';
  readonly gateway: GatewayEvent;
}

export interface Answer {
  readonly status: AnswerStatus;
  /** null until the server has said so. */
  readonly turnId: string | null;
  readonly conversationId: string | null;
  readonly phase: AnswerPhase | null;
  readonly text: string;
  readonly steps: readonly Step[];
  readonly sources: readonly SourceEvent[];
  readonly mode: RetrievalMode | null;
  readonly citations: readonly Citation[];
  readonly followups: readonly string[];
  readonly gateways: readonly GatewayStep[];
  readonly usage: { readonly promptTokens: number | null; readonly completionTokens: number | null } | null;
  readonly unsupported: ReadonlyArray<{ readonly start: number; readonly end: number }>;
  /** A 429 is being waited for until then; since 1970. */
  readonly waitingUntilMs: number | null;
  readonly failure: Failure | null;
  /** Of the last event taken. */
  readonly lastId: number;
}

export const NO_ANSWER: Answer = {
  status: 'answering',
  turnId: null,
  conversationId: null,
  phase: null,
  text: '',
  steps: [],
  sources: [],
  mode: null,
  citations: [],
  followups: [],
  gateways: [],
  usage: null,
  unsupported: [],
  waitingUntilMs: null,
  failure: null,
  lastId: 0,
};

export function folded(answer: Answer, event: AnswerEvent, nowMs: number): Answer {
  return event.id <= answer.lastId ? answer : { ...answer, lastId: event.id, ...changeBy(answer, event, nowMs) };
}

function changeBy(answer: Answer, event: AnswerEvent, nowMs: number): Partial<Answer> {
  switch (event.type) {
    case 'begun':
      return { turnId: event.turnId, conversationId: event.conversationId };
    case 'phase':
      return { phase: event.phase, waitingUntilMs: null };
    case 'step':
      return { steps: [...answer.steps, stepOf(event)] };
    case 'sources':
      return { sources: event.sources, mode: event.mode };
    case 'delta':
      return { text: answer.text + event.text, waitingUntilMs: null };
    case 'citation':
      return { citations: [...answer.citations, { label: event.label, at: event.at }] };
    case 'followups':
      return { followups: event.questions };
    case 'gateway':
      return { gateways: [...answer.gateways, { step: event.step, gateway: event.gateway }] };
    case 'usage':
      return { usage: { promptTokens: event.promptTokens, completionTokens: event.completionTokens } };
    case 'check':
      return { unsupported: event.unsupported };
    case 'waiting':
      return { waitingUntilMs: event.retryAtMs };
    case 'error':
      return failed({
        ...event,
        code: null,
        retryAtMs: event.retryAfterMs === null ? null : nowMs + event.retryAfterMs,
      });
    case 'done':
      return ended(answer, event);
  }
}

function stepOf(event: Extract<AnswerEvent, { readonly type: 'step' }>): Step {
  const { title, text, ms } = event;
  return { title, text, ms, about: aboutOf(event) };
}

function failed({ kind, code, message, retryAtMs }: Failure): Partial<Answer> {
  return { status: 'failed', waitingUntilMs: null, failure: { kind, code, message, retryAtMs } };
}

/** A failure that was told before the end stays one. */
function ended(
  answer: Answer,
  { turnId, conversationId }: { turnId: string; conversationId: string },
): Partial<Answer> {
  const status = answer.status === 'answering' ? 'done' : answer.status;
  return { status, turnId, conversationId, waitingUntilMs: null };
}

/** An answer from the history: its events are kept without those of its text. */
export function recalled(text: string, events: readonly AnswerEvent[]): Answer {
  const all = events.reduce((answer, event) => folded(answer, event, 0), NO_ANSWER);
  const failure = all.failure === null ? null : { ...all.failure, retryAtMs: null };
  return { ...all, text, failure, status: all.status === 'answering' ? 'done' : all.status };
}

/** Sources that are cited, in the order of their first citation: the first one is number 1. Labels of no source are left out. */
export function cited({ citations, sources }: Answer): readonly SourceEvent[] {
  const labels = [...new Set(citations.map(({ label }) => label))];
  return labels.flatMap((label) => sources.find((source) => source.label === label) ?? []);
}

export function numbersOf(answer: Answer): ReadonlyMap<string, number> {
  return new Map(cited(answer).map(({ label }, i) => [label, i + 1]));
}
