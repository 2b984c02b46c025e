/**
 * Hostile requests by chance, against a real gateway with a real backend. Bounded by a count, never by time:
 *
 *     node test/hostile/fuzz.ts --runs 100000 --seed 7
 *
 * What is found is printed with its seed and number, with which the same bytes come again.
 */
import { parseArgs } from 'node:util';
import { Chance } from '../sim/chance.ts';
import { type Exchange, exchange } from '../sim/raw-http.ts';
import type { Reached } from './backend.ts';
import { type Fuzzed, fuzzed, MARK } from './mutate.ts';
import { EXCHANGE_MS_MAX, KEY, Stage } from './stage.ts';

/** Connections at a time. */
const AT_ONCE = 16;
/** A request that waits for more is given up by the gateway after this time. Milliseconds. */
const CLIENT_MS = 100;
/** The backend always answers 200, so no other failure of a server is the client's. */
const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);
const SHOWN_CHARS = 2_000;
/** The key may stand in a header that chance gave another name. */
const CREDENTIAL = new RegExp(`^(?:api-key|authorization): .*${KEY}`, 'i');

export interface Fuzzing {
  readonly runs: number;
  readonly seed: number;
}

/** How many answers had each status. @throws with seed, number and bytes of the request that was met wrongly. */
export async function fuzz({ runs, seed }: Fuzzing): Promise<ReadonlyMap<number, number>> {
  const stage = await Stage.start({
    timeouts: { clientHeadMs: CLIENT_MS, clientRequestMs: CLIENT_MS },
    answer: (socket, request) => {
      const body = JSON.stringify({ marks: marksIn(request) });
      const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.write(request.line.startsWith('HEAD ') ? head : head + body);
    },
  });
  try {
    return await fuzzStage(stage, { runs, seed });
  } finally {
    await stage.close();
  }
}

async function fuzzStage(stage: Stage, { runs, seed }: Fuzzing): Promise<ReadonlyMap<number, number>> {
  const chance = new Chance(seed);
  const statuses = new Map<number, number>();
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < runs) {
      const number = begun++;
      const asked = fuzzed(chance, number);
      const met = await exchange({
        port: stage.port,
        pieces: asked.pieces,
        halfClose: false,
        closesWhenAnswered: true,
        bodiless: false,
        timeoutMs: EXCHANGE_MS_MAX,
      });
      const problem = problemWith(number, asked, met);
      if (problem !== null) throw new Error(`seed ${seed}, request ${number}: ${problem}\n${shown(asked)}`);
      for (const { status } of met.answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const request of stage.backend.reached) {
    const problem = problemOf(request);
    if (problem !== null) throw new Error(`seed ${seed}: ${problem}: ${JSON.stringify(request).slice(0, SHOWN_CHARS)}`);
  }
  await stage.isQuiet();
  return statuses;
}

/** @returns what is wrong with how a request was met; null where nothing is. */
function problemWith(number: number, { bytes }: Fuzzed, { end, answers, rest }: Exchange): string | null {
  if (end === 'timeout') return `no end within ${EXCHANGE_MS_MAX} ms`;
  const failure = answers.find(({ status }) => FAILURES.has(status));
  if (failure !== undefined) return `status ${failure.status}: ${failure.body}`;
  const other = answers.flatMap(({ body }) => [...body.matchAll(MARK)]).find(([, of]) => of !== String(number));
  if (other !== undefined) return `an answer to request ${other[1]}`;
  // The answer to HEAD tells the length of a body that does not come.
  return rest === '' || bytes.includes('HEAD')
    ? null
    : `no sound answer: ${JSON.stringify(rest.slice(0, SHOWN_CHARS))}`;
}

/** What must not reach a backend: bytes of two clients in one request, a client's key. */
function problemOf(request: Reached): string | null {
  if (new Set(marksIn(request)).size > 1) return 'bytes of two clients in one request';
  return request.headers.some((header) => CREDENTIAL.test(header)) ? 'the key of a client went up' : null;
}

function marksIn({ line, headers, body }: Reached): readonly string[] {
  return [line, ...headers, body].flatMap((text) => [...text.matchAll(MARK)].map(([mark]) => mark));
}

function shown({ pieces }: Fuzzed): string {
  return pieces.map((piece) => JSON.stringify(piece.toString('latin1').slice(0, SHOWN_CHARS))).join('\n');
}

if (import.meta.main) {
  const options = { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } } as const;
  const { values } = parseArgs({ options });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  const statuses = await fuzz({ runs, seed });
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(`${runs} requests, seed ${seed}, nothing wrong. Answers by status: ${counts.join(', ')}`);
}
