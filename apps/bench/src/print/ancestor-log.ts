/**
 * A log as azure-openai-benchmark's fork wrote it, so that what reads those reads these: its file name, the arguments by its names, a line of
 * JSON each second, the marks of drain and end, and at the end each call (simulator reference B-25, B-26, B-85). Unlike the lines on standard output a missing value is
 * `n/a` here: the ancestor's own tools take anything else for a value.
 */

import { isRecord } from '@spillway/protocol';
import type { CallResult } from '../drive/call.ts';
import type { Line } from '../measure/report.ts';
import { isAnswer } from '../measure/window.ts';
import type { LoadFlags } from '../options.ts';
import { withoutSecrets } from './words.ts';

/** Its tools look for these. */
export const ARGS_MARK = 'Load test args: ';
export const DRAIN_MARK = 'requests to drain';
export const STOP_MARK = 'got terminate signal';
export const PING_MARK = 'average ping to endpoint: ';
export const RAW_MARK = 'Raw call stats: ';
const END_MARK = 'finished load test';

/** Of a part of the name that comes from the command line. */
const NAME_PART_MAX = 60;

/** `2026-11-21-16-04-05_chat_shape=balanced_clients=20_rate=60.log`. @param startedAtMs since 1970; the time is UTC. */
export function logName(flags: LoadFlags, clients: number, startedAtMs: number): string {
  const time = new Date(startedAtMs).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  const what =
    flags.contextGenerationMethod === 'replay'
      ? `replay=${part(baseOf(flags.replayPath ?? ''))}`
      : `shape=${part(flags.shapeProfile)}`;
  const rate = flags.rate ?? flags.arrivals ?? 'none';
  return `${time}_${part(flags.deployment ?? '')}_${what}_clients=${clients}_rate=${part(rate)}.log`;
}

/** Nothing in it leads out of the folder. */
function part(text: string): string {
  return text.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, NAME_PART_MAX) || 'none';
}

function baseOf(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(/\.jsonl?$/, '');
}

/** The arguments of a run by the ancestor's names, and ours that it had not. Numbers as numbers. */
export function argumentsOf(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => {
      if (name === 'endpoint') return ['api_base_endpoint', withoutSecrets(String(value))];
      return [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), plainValue(value)];
    }),
  );
}

function plainValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  if (value === 'true' || value === 'false') return value === 'true';
  return withoutSecrets(value);
}

/** Of all calls together, in the one line that holds them; what comes beyond is counted. Characters. */
const RAW_CHARS_MAX = 64 * 1024 * 1024;

/** The lines of a log, as they come. */
export class AncestorLog {
  readonly #write: (text: string) => void;
  readonly #rawCharsMax: number;
  readonly #raw: string[] = [];
  #rawChars = 0;
  #rawLeftOut = 0;
  #drains = false;

  /** @param args as {@link argumentsOf} has them. */
  constructor(
    write: (text: string) => void,
    args: Readonly<Record<string, unknown>>,
    { rawCharsMax = RAW_CHARS_MAX } = {},
  ) {
    this.#write = write;
    this.#rawCharsMax = rawCharsMax;
    write(`${ARGS_MARK}${JSON.stringify(args)}\n`);
  }

  line(line: Line, isDrain: boolean): void {
    if (isDrain && !this.#drains) {
      this.#drains = true;
      this.#write(`waiting for ${line.processing} ${DRAIN_MARK}\n`);
    }
    this.#write(`${JSON.stringify(line, (_, value) => (value === null ? 'n/a' : value))}\n`);
  }

  /** Somebody ended the run. */
  interrupted(): void {
    this.#write(`${STOP_MARK}, draining. signal again to exit.\n`);
  }

  /**
   * The round trip, where latencies are to be adjusted by it: the fork's tools take it off the calls of the last line by this mark. The lines
   * here stay as they were measured.
   */
  roundTrip(seconds: number): void {
    const ms = Number((seconds * 1_000).toFixed(3));
    this.#write(
      `${PING_MARK}${ms}ms. the median of TCP connects; figures of lines are as measured but for those named adjusted.\n`,
    );
  }

  /** Each that was measured; they are kept until the end. @param startedAtMs of the run: milliseconds since 1970. */
  call(call: CallResult, startedAtMs: number): void {
    if (call.phase !== 'measure' || call.class === 'cancelled') return;
    const text = rawCall(call, startedAtMs);
    if (this.#rawChars + text.length > this.#rawCharsMax) {
      this.#rawLeftOut++;
      return;
    }
    this.#rawChars += text.length;
    this.#raw.push(text);
  }

  end(): void {
    this.#write(`${RAW_MARK}[`);
    for (const [at, text] of this.#raw.entries()) this.#write(at === 0 ? text : `, ${text}`);
    this.#write(']\n');
    if (this.#rawLeftOut > 0)
      this.#write(
        `calls above are the first ${this.#raw.length}; ${this.#rawLeftOut} more would be above ${this.#rawCharsMax} characters: calls.csv of --out has all\n`,
      );
    this.#write(`${END_MARK}\n`);
  }
}

/** A call by the fork's names. Times are seconds since 1970; utilisation is percent; null where there is none. */
function rawCall(call: CallResult, startedAtMs: number): string {
  const { sentMs, headMs, firstContentMs, endMs, utilisation, content, target, errorCode, class: of } = call;
  const at = (ms: number | null): number | null =>
    ms === null ? null : Number(((startedAtMs + ms) / 1_000).toFixed(4));
  return JSON.stringify({
    request_start_time: at(sentMs),
    response_status_code: call.status,
    response_time: at(headMs),
    first_token_time: at(firstContentMs),
    response_end_time: at(endMs),
    context_tokens: call.promptTokens,
    generated_tokens: call.completionTokens,
    deployment_utilization: utilisation === null ? null : Number((utilisation * 100).toFixed(3)),
    calls: call.attempts.length,
    last_exception: isAnswer(call) ? null : (errorCode ?? of),
    // Of two targets; the fork knows one.
    ...(target === 0 ? {} : { target }),
    ...(content === undefined ? {} : { input_messages: messagesIn(content.request), output_content: content.output }),
  });
}

/** What stands for messages in a request of whatever kind. */
function messagesIn(request: unknown): unknown {
  return isRecord(request) ? (request.messages ?? request.input ?? null) : request;
}
