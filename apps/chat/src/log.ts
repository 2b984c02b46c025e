/** The app's log: one JSON object a line on standard output. No question, no answer and no header goes in. */
import { pino } from 'pino';
import type { Log } from './server/context.ts';

export function openLog(): Log {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return (level, message, facts = {}) => logger[level](facts, message);
}
