/** What a backend's reply proves, step by step, and the way out where something is amiss. Pure. */
import { errorFacts, isRecord } from '@spillway/protocol';
import type { ConnectAsk } from './ask.ts';
import type { Reply } from './call.ts';
import { compareModel } from './compare-model.ts';
import type { ConnectStep } from './finding.ts';
import { failureWayOut, lateWayOut } from './judge-failure.ts';
import { judgeRefusal } from './judge-refusal.ts';
import { quotaText } from './quota-text.ts';
import { accepted, DEPLOYMENT_KNOWN } from './steps.ts';

export interface Judgement {
  readonly steps: readonly ConnectStep[];
  readonly answered: string;
  /** null where all is well. */
  readonly wayOut: string | null;
  readonly status: number | null;
  readonly model: string | null;
}

export interface JudgeSettings {
  /** How long an answer was waited for. Milliseconds. */
  readonly waitMs: number;
  /** Makes text of the backend fit to be printed, without the credential. */
  readonly quote: (text: string) => string;
}

export function judgeReply(ask: ConnectAsk, reply: Reply, settings: JudgeSettings): Judgement {
  const { backend } = ask;
  switch (reply.kind) {
    case 'answer':
      return judgeAnswer(ask, reply, settings);
    case 'failed':
      return nothing(failureWayOut(reply.failure, backend));
    case 'late':
      return nothing(lateWayOut(reply.connected, settings.waitMs, backend));
    case 'cancelled':
      return nothing({ text: 'the check was ended before', wayOut: 'run it to its end' });
  }
}

function nothing({ text, wayOut }: { readonly text: string; readonly wayOut: string }): Judgement {
  const steps: ConnectStep[] = [{ name: 'reach', verdict: 'fail', text }];
  return { steps, answered: `nothing: ${text}`, wayOut, status: null, model: null };
}

type Answer = Extract<Reply, { kind: 'answer' }>;

function judgeAnswer(ask: ConnectAsk, answer: Answer, { quote }: JudgeSettings): Judgement {
  const { status, text } = answer;
  const reached: ConnectStep = { name: 'reach', verdict: 'ok', text: `${new URL(ask.backend.url).host} answers` };
  if (status >= 200 && status < 300) return judgeSuccess(ask, answer, reached);
  const facts = errorFacts(text);
  const { steps, wayOut } = judgeRefusal(ask, status, facts);
  const code = facts.code === null || facts.code === String(status) ? '' : ` ${quote(facts.code)}`;
  const said = quote(facts.message ?? text);
  return {
    steps: [reached, ...steps],
    answered: `${status}${code}${said === '' ? '' : `: ${said}`}`,
    wayOut,
    status,
    model: null,
  };
}

function judgeSuccess(ask: ConnectAsk, answer: Answer, reached: ConnectStep): Judgement {
  const { status, headers } = answer;
  const body = parsed(answer.text);
  if (answer.whole && !isAnswerTo(ask, body)) {
    const text = 'what answers there is not Azure OpenAI';
    const wayOut = "check 'url': a sign-in page or another service stands there";
    const steps: ConnectStep[] = [reached, { name: 'accepted', verdict: 'fail', text }];
    return { steps, answered: `${status} with something else`, wayOut, status, model: null };
  }
  if (ask.kind === 'models') {
    return {
      steps: [reached, accepted(ask)],
      answered: `${status} with its models`,
      wayOut: null,
      status,
      model: null,
    };
  }
  const model = isRecord(body) && typeof body.model === 'string' ? body.model : null;
  const compared = compareModel(ask.model, model);
  const steps: ConnectStep[] = [
    reached,
    accepted(ask),
    DEPLOYMENT_KNOWN,
    compared.step,
    { name: 'quota', verdict: 'ok', text: quotaText(headers) },
  ];
  return {
    steps,
    answered: `${status}${model === null ? '' : ` by ${model}`}`,
    wayOut: compared.wayOut,
    status,
    model,
  };
}

/** Chat answers hold `choices`, embeddings and lists `data`. */
function isAnswerTo({ kind }: ConnectAsk, body: unknown): boolean {
  return isRecord(body) && Array.isArray(kind === 'chat' ? body.choices : body.data);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
