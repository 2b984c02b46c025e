/** From the answer to its log, with the figures counted on the way. */
import type { Tell } from '../answer/answerer.ts';
import type { EventLog } from '../answer/event-log.ts';
import type { Parts } from './context.ts';

export function tellingTo(log: EventLog, { clock, counters }: Pick<Parts, 'clock' | 'counters'>): Tell {
  const startedMs = clock.nowMs();
  let hasWords = false;
  counters.asked();
  return (body) => {
    // What a model without end writes beyond the limit is not kept; how it ended still is.
    if (body.type === 'delta' && log.isFull) return;
    log.push(body);
    const isFirstWord = body.type === 'delta' && !hasWords;
    hasWords ||= isFirstWord;
    counters.add(body, clock.nowMs() - startedMs, isFirstWord);
  };
}
