/** Writes log lines to a stream: `text` for people, `json` (pino) for machines. */
import { systemClock } from '@spillway/clock';
import pino from 'pino';
import type { Emit } from './events.ts';
import { type Level, lineOf } from './lines.ts';
import { onceAMinute } from './recurring.ts';

export type LogFormat = 'text' | 'json';
export type LogLevel = Level | 'silent';

const RANK: Readonly<Record<LogLevel, number>> = { info: 0, warn: 1, error: 2, silent: 3 };

export interface Log {
  readonly emit: Emit;
  /** Writes out what is still buffered. */
  flush(): void;
}

export interface LogSettings {
  readonly format: LogFormat;
  readonly level: LogLevel;
  /** File descriptor; 1 is standard output. */
  readonly fd: number;
}

/** Lines are gathered up to this size, and at the latest written after the interval. Bytes, milliseconds. */
const BUFFER_BYTES = 8 * 1024;
const FLUSH_INTERVAL_MS = 200;

/** A terminal gets each line at once; a file or pipe in blocks. */
export function openLog(settings: LogSettings): Log {
  if (settings.level === 'silent') return { emit: () => {}, flush: () => {} };
  const interactive = settings.fd === 1 && process.stdout.isTTY === true;
  const destination = pino.destination({
    fd: settings.fd,
    sync: interactive,
    minLength: interactive ? 0 : BUFFER_BYTES,
  });
  const write = settings.format === 'json' ? jsonWriter(destination) : textWriter(destination);
  const timer = interactive ? null : setInterval(() => destination.flush(), FLUSH_INTERVAL_MS);
  timer?.unref();
  const least = RANK[settings.level];
  const emit: Emit = (event) => {
    const line = lineOf(event);
    if (line !== null && RANK[line.level] >= least) write(line.level, line.text, line.fields);
  };
  return {
    emit: onceAMinute(emit, systemClock),
    flush: () => {
      if (timer !== null) clearInterval(timer);
      destination.flushSync();
    },
  };
}

type Write = (level: Level, text: string, fields: Readonly<Record<string, unknown>>) => void;

function jsonWriter(destination: pino.DestinationStream): Write {
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  return (level, text, fields) => logger[level](fields, text);
}

function textWriter(destination: pino.DestinationStream): Write {
  return (level, text) => {
    destination.write(level === 'info' ? `${text}\n` : `${text} [${level}]\n`);
  };
}
