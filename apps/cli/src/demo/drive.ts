/** Sends the planned load one way, with the official client, and tells what that client sees. */
import type { Clock } from '@spillway/clock';
import { APIError, AzureOpenAI } from 'openai';
import { API_VERSION } from './examples.ts';
import type { Load, PlannedRequest } from './load.ts';
import type { Sight } from './tally.ts';

export interface Way {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly deployment: string;
}

export interface Drive {
  /** Resolves when every request has ended. */
  readonly ended: Promise<void>;
  /** Gives up on what is still under way, and sends no more. */
  stop(): void;
}

/** Time for an answer, from sending to its end. Milliseconds; far above what the simulated model takes. */
const ANSWER_MS_MAX = 20_000;

/** As many requests are under way at a time as the plan puts there: no queue hides what a real crowd would see. */
export function drive(way: Way, load: Load, clock: Clock, see: (sight: Sight) => void): Drive {
  const client = clientFor(way);
  const stopped = new AbortController();
  const startMs = clock.nowMs();
  const sinceStart = () => clock.nowMs() - startMs;
  const send = async (request: PlannedRequest): Promise<void> => {
    if (stopped.signal.aborted) return;
    const sentMs = sinceStart();
    see({ kind: 'sent', atMs: sentMs });
    try {
      await ask(client, way.deployment, request, stopped.signal);
      see({ kind: 'answered', atMs: sinceStart(), tookMs: sinceStart() - sentMs });
    } catch (error) {
      if (!stopped.signal.aborted) see(sightOf(error, sinceStart()));
    }
  };
  const ended = load.requests.map(
    (request) => new Promise<void>((resolve) => clock.after(request.atMs, () => send(request).then(resolve))),
  );
  return { ended: Promise.all(ended).then(() => {}), stop: () => stopped.abort() };
}

/** No retries: what Azure refuses is to be seen. Settings that the visitor's environment holds for other programs are shut out. */
function clientFor({ endpoint, apiKey }: Way): AzureOpenAI {
  return new AzureOpenAI({
    endpoint,
    apiKey,
    apiVersion: API_VERSION,
    baseURL: null,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: ANSWER_MS_MAX,
  });
}

async function ask(client: AzureOpenAI, model: string, request: PlannedRequest, signal: AbortSignal): Promise<void> {
  const { system, question, answerTokensMax, streamed } = request;
  const body = {
    model,
    max_tokens: answerTokensMax,
    messages: [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: question },
    ],
  };
  let finish: string | null = null;
  if (streamed) {
    const chunks = await client.chat.completions.create({ ...body, stream: true }, { signal });
    for await (const chunk of chunks) finish = chunk.choices[0]?.finish_reason ?? finish;
  } else {
    const answer = await client.chat.completions.create(body, { signal });
    finish = answer.choices[0]?.finish_reason ?? null;
  }
  if (finish === null) throw new Error('the answer broke off');
}

function sightOf(error: unknown, atMs: number): Sight {
  if (error instanceof APIError && error.status === 429) return { kind: 'refused', atMs };
  return { kind: 'failed', atMs, why: error instanceof Error ? error.message : String(error) };
}
