/**
 * Tokens of a stream that did not tell them, from its bytes alone: for records that would else show nothing, and always marked. Off by
 * half or more; for figures that must be right, see the setting `usage.includeUsage`.
 */
import { NO_USAGE, type Usage } from '@spillway/protocol';

/** English text; other languages have fewer bytes to a token, JSON around the messages brings more. */
const PROMPT_BYTES_PER_TOKEN = 4;
/** An event of a chat stream, with its filter results, has some 300 bytes and carries about one token (wire §5.1, §5.6). */
const STREAM_BYTES_PER_TOKEN = 300;

/** @param bytes of the request's body and of the stream so far. @param promptTokens as they were believed to be; null: nothing is. */
export function estimateOf(
  bytes: { readonly prompt: number; readonly stream: number },
  promptTokens: number | null,
): Usage {
  return {
    ...NO_USAGE,
    promptTokens: promptTokens ?? Math.ceil(bytes.prompt / PROMPT_BYTES_PER_TOKEN),
    completionTokens: Math.ceil(bytes.stream / STREAM_BYTES_PER_TOKEN),
  };
}
