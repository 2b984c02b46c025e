/** One worker's part of a run: makes its requests, drives them, hands on what came of them in batches. */
import { readFileSync } from 'node:fs';
import { type Clock, seededUnit } from '@spillway/clock';
import type { CountText } from '@spillway/protocol';
import { type PromptMaker, promptMaker } from '../load/messages.ts';
import { planOf, shareOf } from '../load/plan.ts';
import { recordedOf } from '../load/replay.ts';
import { addressOf, bodyOf, headersOf } from '../load/request.ts';
import { tokenizerFor } from '../load/tokenizer.ts';
import type { LoadSpec, Target } from '../spec.ts';
import type { CallResult, SenderReport } from './call.ts';
import { contentOf } from './content.ts';
import { type Credentials, credentialsOf } from './credential.ts';
import { type Budget, Driver, type EarlyEnd } from './driver.ts';
import { COPIES_MAX, HedgedSender } from './hedge.ts';
import { runClock, Sender } from './sender.ts';

/** What a worker is handed: plain data. */
export interface ShareTask {
  readonly spec: LoadSpec;
  readonly worker: number;
  /** When the run began: milliseconds since 1970. */
  readonly startedAtMs: number;
}

export interface ShareParts {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onResults: (results: readonly CallResult[], underWay: number) => void;
  readonly onEarlyEnd: (why: EarlyEnd) => void;
}

export interface Share {
  readonly ended: Promise<Omit<SenderReport, 'cpuMs'>>;
  stop(): void;
  cancel(): void;
}

/** Results are handed on so often, or so many at a time. Milliseconds. */
const BATCH_MS = 100;
const BATCH_MAX = 500;
/** How often a token is looked after. Milliseconds. */
const CREDENTIAL_MS = 60_000;

/** Everything that takes time before the first send is done before it resolves. @throws CredentialError, ReplayError, RangeError. */
export async function prepareShare(
  task: Pick<ShareTask, 'spec' | 'worker'>,
  parts: ShareParts,
): Promise<(startedAtMs: number) => Share> {
  const { spec, worker } = task;
  const count = await tokenizerFor(spec.targets[0]?.deployment ?? '');
  const make = promptMaker(ofWorker(spec, worker), recorded(spec), count);
  const doors = spec.targets.map((target) => new Door(target, credentialsOf(target.credential, parts.env)));
  for (const door of doors) await door.credentials.prepare(parts.clock.nowMs());
  return (startedAtMs) => drive({ ...task, startedAtMs }, parts, make, doors, count);
}

/** Workers make different texts; those that may be cached are the same in all. */
function ofWorker(spec: LoadSpec, worker: number): LoadSpec {
  const isShared = spec.prompts.kind === 'replayed' || spec.prompts.cacheShare > 0;
  return isShared ? spec : { ...spec, seed: spec.seed + 1_000 * worker };
}

function recorded({ prompts }: LoadSpec) {
  return prompts.kind === 'replayed' ? recordedOf(readFileSync(prompts.file, 'utf8'), prompts.file) : [];
}

class Door {
  readonly target: Target;
  readonly credentials: Credentials;
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(target: Target, credentials: Credentials) {
    this.target = target;
    this.credentials = credentials;
    this.#address = addressOf(target);
    this.#headers = headersOf(target);
  }

  requestOf(body: string, timeoutMs: number) {
    const credential = this.credentials.header();
    const headers = credential === null ? this.#headers : { ...this.#headers, [credential[0]]: credential[1] };
    return { address: this.#address, headers, body, api: this.target.api, timeoutMs };
  }
}

function drive(task: ShareTask, parts: ShareParts, make: PromptMaker, doors: readonly Door[], count: CountText): Share {
  const { spec, worker, startedAtMs } = task;
  const clock = runClock(parts.clock, startedAtMs);
  const sender = new Sender(clock);
  const batch = new Batch(parts, () => driver.underWay);
  const { workers, end } = spec;
  const isClosed = spec.pace.kind === 'closed';
  const driver = new Driver({
    spec: { ...spec, clients: shareOfCount(spec.clients, worker, workers) },
    plan: isClosed ? null : shareOf(planOf(spec), worker, workers)[Symbol.iterator](),
    parts: {
      clock,
      sender: spec.retry === 'hedged' ? new HedgedSender(sender, clock, spec.hedgeAfterMs) : sender,
      unit: seededUnit(spec.seed + worker),
      count,
      ...(spec.logContent ? { contentOf: (body, texts) => contentOf(body, texts, secretsOf(doors)) } : {}),
    },
    requestOf: ({ index, target }) => {
      const door = doors[target] ?? doors[0];
      if (door === undefined) throw new RangeError(`no target ${target}`);
      const prompt = make(index, clock.wallMs());
      return {
        request: {
          ...door.requestOf(bodyOf(door.target, spec.answer, prompt), spec.timeoutMs),
          keepsTexts: spec.logContent,
        },
        promptTokens: prompt.tokens,
      };
    },
    onResult: (result) => batch.add(result),
    onEarlyEnd: parts.onEarlyEnd,
    budget: budgetOf(spec, worker),
    // Of each target, as in open loop.
    closedCallsMax:
      isClosed && end.requests !== null ? shareOfCount(end.requests * doors.length, worker, workers) : null,
    worker,
    workers,
  });
  const renewing = renewal(parts.clock, doors);
  const ended = driver.run().then(async (report) => {
    renewing.cancel();
    batch.end();
    await sender.close();
    return report;
  });
  return { ended, stop: () => driver.stop(), cancel: () => driver.cancel() };
}

/** What may stand in a log of nothing: the credentials as they are now, without the word before them. */
function secretsOf(doors: readonly Door[]): readonly string[] {
  return doors.flatMap(({ credentials }) => credentials.header()?.[1].replace(/^Bearer /, '') ?? []);
}

/** Of a whole number, dealt out so that the shares add up to it. */
function shareOfCount(whole: number, worker: number, workers: number): number {
  return Math.floor(whole / workers) + (worker < whole % workers ? 1 : 0);
}

function budgetOf({ totalTokensMax, answer, workers, retry }: LoadSpec, worker: number): Budget | null {
  if (totalTokensMax === null) return null;
  const answerTokensMax = (answer.tokensMax ?? 0) * answer.completions;
  return {
    tokensMax: shareOfCount(totalTokensMax, worker, workers),
    answerTokensMax,
    copies: 1 + (retry === 'hedged' ? COPIES_MAX : 0),
  };
}

class Batch {
  readonly #parts: ShareParts;
  readonly #underWay: () => number;
  #results: CallResult[] = [];
  #timer: { cancel(): void };

  constructor(parts: ShareParts, underWay: () => number) {
    this.#parts = parts;
    this.#underWay = underWay;
    this.#timer = this.#again();
  }

  add(result: CallResult): void {
    this.#results.push(result);
    if (this.#results.length >= BATCH_MAX) this.#flush();
  }

  end(): void {
    this.#timer.cancel();
    this.#flush();
  }

  #again(): { cancel(): void } {
    return this.#parts.clock.after(BATCH_MS, () => {
      this.#flush();
      this.#timer = this.#again();
    });
  }

  #flush(): void {
    const results = this.#results;
    this.#results = [];
    this.#parts.onResults(results, this.#underWay());
  }
}

/** A token that cannot be renewed is used to its end; then answers say so. */
function renewal(clock: Clock, doors: readonly Door[]): { cancel(): void } {
  let timer: { cancel(): void };
  const again = (): void => {
    timer = clock.after(CREDENTIAL_MS, () => {
      for (const door of doors) door.credentials.prepare(clock.nowMs()).catch(() => {});
      again();
    });
  };
  again();
  return { cancel: () => timer.cancel() };
}
