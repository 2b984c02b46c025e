/** `spillway explain`: tells why a request went where it went, and makes each choice again from its record. */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type DecisionRecord, type Mismatch, readRecord, replay } from '@spillway/policy';
import { isRecord } from '@spillway/protocol';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import { type AdminPort, type Fetched, fetchRecord, RECORDS, readStream } from '../explain/source.ts';
import { story } from '../explain/story.ts';
import { verdictText } from '../explain/verdict.ts';

export interface ExplainFlags {
  readonly admin: string;
  readonly adminKey?: string;
  readonly record?: string;
  readonly last?: boolean;
  readonly json?: boolean;
}

/** What the command needs of the world; tests give their own. */
export interface ExplainIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly input: AsyncIterable<Buffer>;
}

const STANDARD: ExplainIo = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  get input() {
    return process.stdin;
  },
};

/** One JSON object on standard output. Additions are free; changes are news in the CHANGELOG. */
export interface ExplainReport {
  readonly record: DecisionRecord;
  /** Whether each choice comes out as it was, and the record as it was written. */
  readonly same: boolean;
  readonly mismatches: readonly Mismatch[];
}

/** @param requestId undefined where `--last` or `--record` says which. */
export async function explain(requestId: string | undefined, flags: ExplainFlags, io = STANDARD): Promise<Exit> {
  const fetched = await fetchAsked(requestId, flags, io);
  if (fetched.kind === 'problem') return fail(io, fetched.message);
  const read = readRecord(unwrapped(fetched.value));
  if (read.kind === 'unreadable')
    return fail(io, `${placeOf(flags)}: what is there is no record of a decision: ${read.problem}; ${RECORDS}`);
  const { record } = read;
  const mismatches = replay(record, (text) => `sha256:${hash('sha256', text, 'hex')}`);
  const same = mismatches.length === 0;
  if (flags.json) {
    const report: ExplainReport = { record, same, mismatches };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
  } else io.out(`${story(record)}${verdictText(record, mismatches)}`);
  return same ? EXIT.done : EXIT.failed;
}

function fetchAsked(requestId: string | undefined, flags: ExplainFlags, io: ExplainIo): Promise<Fetched> {
  const { record, last = false } = flags;
  const ways = [requestId !== undefined, last, record !== undefined].filter((given) => given).length;
  if (ways !== 1) {
    const given = ways === 0 ? 'nothing says which decision' : 'more than one thing says which decision';
    throw new UsedWrongly(`${given}; give a request id (x-spillway-request-id), --last, or --record FILE`);
  }
  if (record === '-') return readStream(io.input, 'standard input');
  if (record !== undefined) return readStream(createReadStream(record), record);
  return fetchRecord(adminPort(flags), requestId ?? null);
}

function adminPort({ admin, adminKey }: ExplainFlags): AdminPort {
  const url = URL.canParse(admin) ? new URL(admin) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsedWrongly(`--admin "${admin}" is no http(s) address; give one such as http://127.0.0.1:8081`);
  }
  return { url: url.href.replace(/\/+$/, ''), key: adminKey ?? null };
}

function placeOf({ record, admin }: ExplainFlags): string {
  return record === '-' ? 'standard input' : (record ?? admin);
}

/** What `--json` printed holds the record. */
function unwrapped(value: unknown): unknown {
  return isRecord(value) && value.version === undefined && value.record !== undefined ? value.record : value;
}

function fail({ err }: ExplainIo, message: string): Exit {
  err(`error: ${message}\n`);
  return EXIT.failed;
}
