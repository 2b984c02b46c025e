/**
 * Says an operator's problem once a minute, however often it is met: at night one line is read, a thousand are not.
 * A problem that goes on is told again with the number of times it was met in between.
 */
import type { Clock } from '@spillway/clock';
import type { Emit, GatewayEvent } from './events.ts';

/** Milliseconds. */
export const REPEAT_MS_MIN = 60_000;
/** Different problems remembered at a time; beyond, each is told. */
export const PROBLEMS_MAX = 1_000;

interface Met {
  readonly toldMs: number;
  again: number;
}

export function onceAMinute(emit: Emit, clock: Clock): Emit {
  const problems = new Map<string, Met>();
  return (event) => {
    if (event.kind !== 'operatorProblem') return emit(event);
    const told = tell(event, problems, clock.nowMs());
    if (told !== null) emit(told);
  };
}

type Problem = Extract<GatewayEvent, { kind: 'operatorProblem' }>;

function tell(event: Problem, problems: Map<string, Met>, nowMs: number): Problem | null {
  const key = `${event.subject}\n${event.message}`;
  const met = problems.get(key);
  if (met !== undefined && nowMs - met.toldMs < REPEAT_MS_MIN) {
    met.again++;
    return null;
  }
  if (met === undefined && problems.size >= PROBLEMS_MAX) forgetOld(problems, nowMs);
  if (met !== undefined || problems.size < PROBLEMS_MAX) problems.set(key, { toldMs: nowMs, again: 0 });
  const again = met?.again ?? 0;
  return again === 0 ? event : { ...event, message: `${event.message} (met ${again} more times since last told)` };
}

function forgetOld(problems: Map<string, Met>, nowMs: number): void {
  for (const [key, { toldMs }] of problems) if (nowMs - toldMs >= REPEAT_MS_MIN) problems.delete(key);
}
