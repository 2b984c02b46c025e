/** What was seen of each answer, summed up, with targets. Pure. */

/** One answer, as its reader saw it. Times in milliseconds since the question was sent; null: it never came. */
export interface Read {
  readonly status: number;
  readonly firstEventMs: number | null;
  /** Of the answer's text. */
  readonly firstWordMs: number | null;
  readonly endMs: number;
  readonly events: number;
  /** Numbers that were left out between the first event and the last one. */
  readonly lost: number;
  /** The last event was `done`. */
  readonly isWhole: boolean;
  /** Of an event `error`, or of a connection that broke; null: none. */
  readonly failure: string | null;
}

/** Of the app's process. */
export interface Health {
  readonly rssBytes: number;
  /** How long its event loop was late: 99 in 100 turns of a timer were earlier. Milliseconds. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

export interface Load {
  readonly users: number;
  readonly seconds: number;
  readonly reads: readonly Read[];
  readonly before: Health;
  /** The largest that was seen while they asked. */
  readonly during: Health;
  /** Some seconds after the last answer. */
  readonly after: Health;
  /** CPU time of the app while they asked, as a share of one core. */
  readonly coreShare: number;
  /** Of the time its main thread waited for the core, which other work had: on a quiet machine next to nothing. */
  readonly waitShare: number;
  /** As of the app, of the process that the users are in: what it is late, it reads late. Milliseconds. */
  readonly usersLagP99Ms: number;
}

export interface Row {
  readonly measure: string;
  readonly figure: number;
  readonly unit: string;
  /** Largest that is well; null: no target. */
  readonly target: number | null;
}

const FIRST_EVENT_P95_MS_MAX = 500;
const LAG_P99_MS_MAX = 100;
/** What one user more may cost, growth by the number of users. */
const MIB_PER_USER_MAX = 2;
const MIB = 2 ** 20;

export function rowsOf({
  users,
  seconds,
  reads,
  before,
  during,
  after,
  coreShare,
  waitShare,
  usersLagP99Ms,
}: Load): readonly Row[] {
  const first = reads.flatMap(({ firstEventMs }) => firstEventMs ?? []);
  const words = reads.flatMap(({ firstWordMs }) => firstWordMs ?? []);
  const sum = (of: (read: Read) => number): number => reads.reduce((total, read) => total + of(read), 0);
  const events = sum((read) => read.events);
  const errors = sum((read) => (read.status === 200 && read.failure === null ? 0 : 1));
  const row = (measure: string, figure: number, unit = '', target: number | null = null): Row => {
    return { measure, figure, unit, target };
  };
  return [
    row('answers', reads.length),
    row('answers with an error, or refused', errors, '', 0),
    row(
      'answers that were not whole',
      sum(({ isWhole }) => (isWhole ? 0 : 1)),
      '',
      0,
    ),
    row('events', events),
    row(
      'events lost',
      sum(({ lost }) => lost),
      '',
      0,
    ),
    row('events a second', events / seconds),
    row('first event, p50', quantile(first, 0.5), 'ms'),
    row('first event, p95', quantile(first, 0.95), 'ms', FIRST_EVENT_P95_MS_MAX),
    row('first word, p50', quantile(words, 0.5), 'ms'),
    row('first word, p95', quantile(words, 0.95), 'ms'),
    row(
      'whole answer, p50',
      quantile(
        reads.map(({ endMs }) => endMs),
        0.5,
      ),
      'ms',
    ),
    row('event loop late, p99', during.lagP99Ms, 'ms', LAG_P99_MS_MAX),
    row('event loop late, at most', during.lagMaxMs, 'ms'),
    row('event loop of the users late, p99', usersLagP99Ms, 'ms'),
    row('core of the app', coreShare * 100, '%'),
    row('core taken by other work', waitShare * 100, '%'),
    row('memory before', before.rssBytes / MIB, 'MiB'),
    row('memory at most', during.rssBytes / MIB, 'MiB'),
    row('memory after', after.rssBytes / MIB, 'MiB'),
    row('growth by user', (during.rssBytes - before.rssBytes) / MIB / users, 'MiB', MIB_PER_USER_MAX),
  ];
}

/** NaN where there is none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** A figure that is none misses its target. */
export function missed(rows: readonly Row[]): readonly string[] {
  return rows.filter(({ figure, target }) => target !== null && !(figure <= target)).map(({ measure }) => measure);
}

/** @param about circumstances: date, machine, Node. */
export function renderMarkdown(rows: readonly Row[], about: string): string {
  const missing = missed(rows);
  const lines = rows.map(({ measure, figure, unit, target }) => {
    const goal = target === null ? '' : `≤ ${target} ${unit}`.trim();
    return `| ${measure} | ${shown(figure, unit)} | ${goal}${goal === '' ? '' : missing.includes(measure) ? ' missed' : ' met'} |`;
  });
  return ['| measure | figure | target |', '| --- | ---: | --- |', ...lines, '', `- ${about}`, ''].join('\n');
}

function shown(figure: number, unit: string): string {
  const text = figure.toLocaleString('en-US', { maximumFractionDigits: unit === '' ? 0 : figure < 10 ? 2 : 0 });
  return `${text} ${unit}`.trim();
}
