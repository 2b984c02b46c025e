/** `contents.jsonl`: what was asked and answered, a line a call, for `--log-request-content` alone. */
import type { CallResult } from '../drive/call.ts';

/** @param targets their names. @returns empty for a call that has none: it was cut off by the end of the run. */
export function contentLine(call: CallResult, targets: readonly string[]): string {
  const { content, target, phase, sentMs, status, class: of } = call;
  if (content === undefined) return '';
  // The moment finds the call in calls.csv.
  const at = { target: targets[target] ?? target, phase, sent_ms: Number(sentMs.toFixed(2)), class: of, status };
  return `${JSON.stringify({ ...at, request: content.request, output: content.output })}\n`;
}
