/** Whether calls of tools and their results belong together, as Azure checks it before it reads anything else of a conversation. */
import { isRecord } from '@spillway/protocol';
import { invalidRequest, missingParameter, type Refusal } from '../wire/refusals.ts';

/** @param messages objects with a role each. */
export function checkToolTurns(messages: readonly unknown[]): Refusal | null {
  /** Calls of the assistant's last message that have no result yet. */
  let open: Set<string> | null = null;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i];
    if (!isRecord(message)) continue;
    if (message.role === 'tool') {
      if (open === null) return withoutCall(i);
      if (typeof message.tool_call_id !== 'string') return missingParameter(`messages[${i}].tool_call_id`);
      open.delete(message.tool_call_id);
      continue;
    }
    if (open !== null && open.size > 0) return withoutResult(open);
    open = message.role === 'assistant' && Array.isArray(message.tool_calls) ? idsOf(message.tool_calls) : null;
  }
  return open !== null && open.size > 0 ? withoutResult(open) : null;
}

function idsOf(calls: readonly unknown[]): Set<string> {
  const ids = new Set<string>();
  for (const call of calls) if (isRecord(call) && typeof call.id === 'string') ids.add(call.id);
  return ids;
}

/** The spelling is the service's. */
function withoutCall(at: number): Refusal {
  return invalidRequest(
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    `messages.[${at}].role`,
    null,
  );
}

/** Ids that the message names at most. */
const IDS_NAMED_MAX = 20;

function withoutResult(open: ReadonlySet<string>): Refusal {
  return invalidRequest(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].slice(0, IDS_NAMED_MAX).join(', ')}`,
    'messages',
    null,
  );
}
