/** A run under way as lines of 80 columns. Pure: the same view gives the same lines; colour and terminal are others' matter. */
import {
  LIVE_SECONDS,
  type LiveSecond,
  type LiveView,
  millisecondsText,
  numberText,
  secondsText,
} from '@spillway/bench';
import { clock, type Glyphs } from '../demo/draw.ts';
import { type Line, plain, type Span, type Tone, wrap } from '../lines.ts';
import { type SparkGlyphs, spark } from './spark.ts';

const COLUMNS = 80;

export interface DrawnWith {
  readonly bar: Glyphs;
  readonly spark: SparkGlyphs;
}

const PHASES = { warmUp: 'warming up', measure: 'measuring', drain: 'waiting for the last answers' } as const;

export function drawRun(view: LiveView, glyphs: DrawnWith): readonly Line[] {
  return [
    title(view),
    ...modeLines(view),
    progressLine(view, glyphs.bar),
    [],
    ...countLines(view),
    [],
    ...sparkLines(view, glyphs.spark),
    [],
    ...latencyLines(view),
    ...networkLines(view),
    [],
    [[' Ctrl-C ends it and tells what was measured; a second one ends it at once', 'faint']],
  ];
}

function title({ progress }: LiveView): Line {
  const name = ' Spillway benchmark';
  const phase = `${PHASES[progress.phase]} `;
  return [[name, 'strong'], [' '.repeat(COLUMNS - name.length - phase.length)], [phase, TONES[progress.phase]]];
}

const TONES: Readonly<Record<LiveView['progress']['phase'], Tone>> = { warmUp: 'wait', measure: 'good', drain: 'wait' };

/** At most two lines, so that what is below does not move. */
function modeLines({ mode }: LiveView): readonly Line[] {
  return wrap(plain(mode), COLUMNS - 2)
    .slice(0, 2)
    .map((text): Line => [[` ${text}`, 'faint']]);
}

const BAR = 40;

function progressLine({ progress: { atMs, endsAtMs, phase } }: LiveView, { full, empty }: Glyphs): Line {
  if (endsAtMs === null) return [[` ${clock(atMs)} so far`]];
  const cells = Math.min(BAR, Math.floor((atMs / endsAtMs) * BAR));
  const left = phase === 'drain' ? '' : `, ${clock(Math.max(0, Math.ceil((endsAtMs - atMs) / 1_000) * 1_000))} left`;
  return [
    [' '],
    [full.repeat(cells), 'accent'],
    [empty.repeat(BAR - cells), 'faint'],
    [`  ${clock(atMs)} of ${clock(endsAtMs)}${left}`],
  ];
}

function countLines({ line, sentPerMinute, remainingTokens, remainingRequests }: LiveView): readonly Line[] {
  const failed = line.failures - line.throttled;
  const quota = [
    ...(line.util.avg === null ? [] : [`utilisation ${line.util.avg}`]),
    ...(remainingTokens === null ? [] : [`quota left ${numberText(remainingTokens)} tokens`]),
    ...(remainingRequests === null ? [] : [`${numberText(remainingRequests)} requests`]),
  ];
  return [
    cells([
      ['sent/min', rate(sentPerMinute)],
      ['answers/min', rate(line.rpm)],
      ['tokens/min', rate(line.tpm.total)],
      ['under way', count(line.processing)],
    ]),
    cells([
      ['ended', count(line.completed)],
      ['answered', count(line.completed - line.failures), 'good'],
      ['429s', count(line.throttled), line.throttled > 0 ? 'bad' : 'plain'],
      ['failed', count(failed), failed > 0 ? 'bad' : 'plain'],
    ]),
    [[` ${quota.join(', ')}`, 'faint']],
  ];
}

const CELL = 20;

function cells(parts: ReadonlyArray<readonly [name: string, value: string, tone?: Tone]>): Line {
  return parts.flatMap(([name, value, tone]): readonly Span[] => {
    const space = ' '.repeat(Math.max(0, CELL - 1 - name.length - 1 - value.length));
    return [[` ${name} `, 'faint'], [value, tone ?? 'strong'], [space]];
  });
}

function rate(value: number | null): string {
  return value === null ? '-' : count(value < 100 ? value : Math.round(value));
}

/** Millions with few digits, so that they stay in their column. */
function count(value: number): string {
  return value < 1e6 ? numberText(value) : `${numberText(value / 1e6)} M`;
}

const NAME = 12;
const FIGURE = 8;

/** The last minute, second by second; beside each the last second that has any. */
function sparkLines({ seconds }: LiveView, glyphs: SparkGlyphs): readonly Line[] {
  const row = (name: string, tone: Tone, of: (second: LiveSecond) => number | null): Line => {
    const values = seconds.map(of);
    const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
    const text = spark(values, Math.min(LIVE_SECONDS, COLUMNS - NAME - FIGURE - 1), glyphs);
    const figure = `${name === 'latency' ? secondsText(most) : count(most)}`.padStart(FIGURE);
    return [[` ${name.padEnd(NAME - 1)}`, 'faint'], [text.padEnd(COLUMNS - NAME - FIGURE - 1), tone], [figure]];
  };
  return [
    [[`${' last minute, a character each second'.padEnd(COLUMNS - FIGURE - 1)}${'most'.padStart(FIGURE)}`, 'faint']],
    row('answers', 'good', ({ answered }) => answered),
    row('429s', 'bad', ({ refused, failed }) => refused + failed),
    row('latency', 'accent', ({ latency }) => latency),
  ];
}

const SPREAD = ['avg', 'p50', 'p90', 'p95', 'p99', 'max'] as const;

function latencyLines({ ttft, ttftIntended, e2e, e2eIntended }: LiveView): readonly Line[] {
  const row = (name: string, spread: LiveView['ttft']): Line => [
    [` ${name}`.padEnd(31)],
    [SPREAD.map((column) => secondsText(spread[column]).replace('–', '-').padStart(8)).join('')],
  ];
  return [
    [[` ${'seconds so far'.padEnd(30)}${SPREAD.map((column) => column.padStart(8)).join('')}`, 'faint']],
    row('first word', ttft),
    row('  from intended moment', ttftIntended),
    row('end', e2e),
    row('  from intended moment', e2eIntended),
  ];
}

/** Beside the latencies, never in them. */
function networkLines({ line: { network, adjusted } }: LiveView): readonly Line[] {
  if (network.median === null) return [];
  const text = `network to the endpoint: round trip ${millisecondsText(network.median)}, p95 ${millisecondsText(network['95th'])}`;
  const lines: Line[] = [[[` ${text}`, 'faint']]];
  if (adjusted === undefined) return lines;
  const [word, end] = [adjusted.ttft['95th'], adjusted.e2e['95th']].map((value) =>
    secondsText(value).replace('–', '-'),
  );
  return [...lines, [[` p95 in the window, less that: first word ${word} s, end ${end} s`, 'faint']]];
}
