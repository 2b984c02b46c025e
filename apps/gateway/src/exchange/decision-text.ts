/** The header `x-spillway-decision`: what was tried with which outcome, and who was passed over until when. One line, ASCII. */
import { type Decision, type Outcome, statusOf } from '@spillway/policy';

export function decisionText(tried: readonly string[], outcomes: readonly Outcome[], last: Decision | null): string {
  const tries = tried.map((id, i) => {
    const outcome = outcomes[i];
    return `${ascii(id)}=${outcome === undefined ? 'pending' : (statusOf(outcome) ?? outcome.kind)}`;
  });
  const waiting = (last?.passedOver ?? [])
    .filter((other) => other.untilMs !== null)
    .map(
      (other) => `${ascii(other.deployment.id)}=${other.reason} until ${new Date(other.untilMs ?? 0).toISOString()}`,
    );
  return `tried: ${tries.join(', ') || 'none'}; passed over: ${waiting.join(', ') || 'none'}; waited: 0 ms`;
}

/** Names of deployments may hold any letters; the value of a header may not. */
export function ascii(id: string): string {
  return /^[\x21-\x7e]*$/.test(id) ? id : id.replace(/[^\x21-\x7e]/gu, encoded);
}

function encoded(letter: string): string {
  return letter.isWellFormed() ? encodeURIComponent(letter) : '%EF%BF%BD';
}
