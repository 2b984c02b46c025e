/** What is to be known before the figures of a run are believed, in words. */
import type { SenderReport } from './drive/call.ts';
import { WAITING_MAX } from './drive/driver.ts';
import { wantedTokens } from './load/prompt-words.ts';
import type { RunReport } from './measure/report.ts';
import { MINUTE_S } from './print/words.ts';
import type { LoadSpec } from './spec.ts';

export function warningsOf(
  spec: LoadSpec,
  targets: RunReport['targets'],
  sender: SenderReport,
  isLate: boolean,
): readonly string[] {
  const warnings: string[] = [];
  if (isLate) {
    warnings.push(
      `the sender itself was late: ${sender.late} sends left more than 50 ms after their moment, the latest ${Math.round(sender.lagMsMax)} ms; the figures say nothing of the server: use more --workers, or a machine with less to do`,
    );
  }
  if (spec.pace.kind === 'open' && sender.capped > 0) {
    warnings.push(
      `${sender.capped} calls waited for one of ${spec.clients} clients: the load was lower than asked for, though latencies from the intended moment are right; raise --clients`,
    );
  }
  if (sender.unsent > 0) {
    const why = sender.unsent >= WAITING_MAX ? `${WAITING_MAX} waited in line, more than are kept` : 'sending ended';
    warnings.push(
      `${sender.unsent} calls were due and never sent: ${why}; what they would have met is not in the figures`,
    );
  }
  warnings.push(...sweepWarnings(spec));
  warnings.push(...networkWarnings(spec, targets));
  for (const { name, seconds, e2e, genTokens, tokensFrom } of targets) {
    if (e2e.p50 !== null && 2 * e2e.p50 > seconds)
      warnings.push(`${name}: calls take longer than half of the measured part; measure longer`);
    const wanted = wantedTokens(spec.answer, spec.prompts);
    if (wanted !== null && genTokens.avg !== null && genTokens.count > 0 && genTokens.avg < 0.9 * wanted) {
      warnings.push(
        `${name}: answers have ${Math.round(genTokens.avg)} tokens on average, of ${Math.round(wanted)} that were asked for`,
      );
    }
    const counted = (tokensFrom.tokenizer ?? 0) + (tokensFrom.chunks ?? 0);
    if (counted > 0)
      warnings.push(`${name}: ${counted} answers told no usage; their tokens are counted by a tokenizer`);
  }
  return warnings;
}

/** A quota of a minute lets a short step through that it would not carry for long. */
function sweepWarnings({ pace }: LoadSpec): readonly string[] {
  if (pace.kind !== 'open' || pace.arrivals.kind !== 'sweep') return [];
  const { fromPerMinute, factor, stepMs } = pace.arrivals;
  if (stepMs >= MINUTE_S * 1_000) return [];
  return [
    `steps of ${stepMs / 1_000} s are shorter than the minute by which a quota counts: a rate may be let through for a step that is refused later; sweep:${fromPerMinute}:${factor}:${MINUTE_S} has steps of a minute`,
  ];
}

/** A target that no round trip is known of. Latencies stand as they were measured, whatever was asked for. */
function networkWarnings({ adjustForNetwork }: LoadSpec, targets: RunReport['targets']): readonly string[] {
  return targets.flatMap(({ name, network: { to, connect, failed, why } }) => {
    if (connect.count > 0 || failed === 0) return [];
    const outcome = adjustForNetwork ? '; nothing is adjusted' : '';
    const tries = failed === 1 ? 'one try' : `${failed} tries`;
    return [
      `${name}: the network's own time is not known: ${tries} to connect to ${to} failed, the last with: ${why}${outcome}`,
    ];
  });
}
