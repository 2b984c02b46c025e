/** The header `x-spillway-decision`: what was tried with which outcome, and why each other was passed over. One line, ASCII. */
import { type Decision, type Outcome, type PassedOver, passedOver, statusOf } from '@spillway/policy';

/** @param waitedMs for quota, in all. */
export function decisionText(
  tried: readonly string[],
  outcomes: readonly Outcome[],
  last: Decision | null,
  waitedMs: number,
): string {
  const tries = tried.map((id, i) => {
    const outcome = outcomes[i];
    return `${ascii(id)}=${outcome === undefined ? 'pending' : (statusOf(outcome) ?? outcome.kind)}`;
  });
  const others = (last === null ? [] : passedOver(last)).filter((other) => other.reason !== 'tried').map(reasonText);
  return `tried: ${tries.join(', ') || 'none'}; passed over: ${others.join(', ') || 'none'}; waited: ${Math.round(waitedMs)} ms`;
}

function reasonText({ deployment, reason, untilMs }: PassedOver): string {
  const until = untilMs === null ? '' : ` until ${new Date(untilMs).toISOString()}`;
  return `${ascii(deployment.id)}=${reason}${until}`;
}

/** Names of deployments may hold any letters; the value of a header may not. */
export function ascii(id: string): string {
  return /^[\x21-\x7e]*$/.test(id) ? id : id.replace(/[^\x21-\x7e]/gu, encoded);
}

function encoded(letter: string): string {
  return letter.isWellFormed() ? encodeURIComponent(letter) : '%EF%BF%BD';
}
