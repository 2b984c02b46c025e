/** Writes log lines to a stream: `text` for people, `json` (pino) for machines, `both` where people and machines read the same stream. */
import { systemClock } from '@spillway/clock';
import pino from 'pino';
import { Blocks, type Sink } from './blocks.ts';
import type { Emit } from './events.ts';
import { type Level, lineOf } from './lines.ts';
import { onceAMinute } from './recurring.ts';

export type LogFormat = 'text' | 'json' | 'both';
export type LogLevel = Level | 'silent';

const RANK: Readonly<Record<LogLevel, number>> = { info: 0, warn: 1, error: 2, silent: 3 };

export interface Log {
  readonly emit: Emit;
  /** Writes out what is still buffered, before it returns. */
  flush(): void;
}

export interface LogSettings {
  readonly format: LogFormat;
  readonly level: LogLevel;
  /** File descriptor; 1 is standard output. */
  readonly fd: number;
}

/** Text waiting for a reader that does not take it; past this the newest lines are lost, and it is said how many. Bytes. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

/** A terminal gets each line at once; a file or pipe in blocks. */
export function openLog(settings: LogSettings): Log {
  if (settings.level === 'silent') return { emit: () => {}, flush: () => {} };
  const interactive = settings.fd === 1 && process.stdout.isTTY === true;
  const destination = pino.destination({ fd: settings.fd, sync: interactive, maxLength: WAITING_BYTES_MAX });
  const lostLine = (lines: number) => lostText(lines, settings.format);
  const blocks = new Blocks(destination, systemClock, interactive ? { lostLine, blockChars: 0 } : { lostLine });
  destination.on('drop', (text: string) => blocks.dropped(text));
  const write = WRITERS[settings.format](blocks);
  const least = RANK[settings.level];
  const emit: Emit = (event) => {
    const line = lineOf(event);
    if (line !== null && RANK[line.level] >= least) write(line.level, line.text, line.fields);
  };
  return {
    emit: onceAMinute(emit, systemClock),
    flush: () => {
      blocks.flush();
      destination.flushSync();
    },
  };
}

function lostText(lines: number, format: LogFormat): string {
  const text = `${lines} log lines were lost: nobody took them in time`;
  const record = JSON.stringify({ level: 'warn', msg: text });
  return { text: `${text} [warn]\n`, json: `${record}\n`, both: `${text} [warn] ${record}\n` }[format];
}

type Write = (level: Level, text: string, fields: Readonly<Record<string, unknown>>) => void;

function jsonWriter(sink: Sink): Write {
  const formatters = { level: (label: string) => ({ level: label }) };
  const logger = pino({ base: null, timestamp: isoTime(), formatters }, sink);
  return (level, text, fields) => logger[level](fields, text);
}

/** Making the text of a moment costs more than the rest of a line's frame, and many lines share one. */
function isoTime(): () => string {
  let madeForMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== madeForMs) {
      madeForMs = nowMs;
      text = `,"time":"${new Date(nowMs).toISOString()}"`;
    }
    return text;
  };
}

function textWriter(sink: Sink): Write {
  return (level, text) => sink.write(`${leveled(level, text)}\n`);
}

/** The text first, so that a line begins as the samples' do; the record behind it, so that a query finds its fields. */
function bothWriter(sink: Sink): Write {
  let before = '';
  const write = jsonWriter({ write: (record) => sink.write(`${before} ${record}`) });
  return (level, text, fields) => {
    before = leveled(level, text);
    write(level, text, fields);
  };
}

const leveled = (level: Level, text: string): string => (level === 'info' ? text : `${text} [${level}]`);

const WRITERS: Readonly<Record<LogFormat, (sink: Sink) => Write>> = {
  text: textWriter,
  json: jsonWriter,
  both: bothWriter,
};
