/**
 * Streams of chat and text completions tell their usage only where `stream_options.include_usage` asks for it, in an event of its own
 * before `[DONE]`. How a body comes to ask, spliced, and which event is the answer. Source: wire reference §5.1, §5.6.
 */
import type { BodyFacts, Replacement } from './body.ts';
import { isRecord } from './errors.ts';

/** Longer options are no Azure OpenAI's; the body is then left as it is. Bytes. */
const OPTIONS_BYTES_MAX = 4_096;
/** The dated version that brought `stream_options`; `2024-09-01-preview` is not below it (wire §5.1). */
const FIRST_VERSION = '2024-09-01';

const OPEN_BRACE = 0x7b;
const ASKED = '"include_usage":true';
/** The value of the key, where it says no. */
const REFUSED = /"include_usage"\s*:\s*(false|null)(?=[\s,}])/;

/** @param apiVersion of a classic path; null: none is sent, or the path is of v1. */
export function knowsStreamOptions(apiVersion: string | null): boolean {
  return apiVersion === null || apiVersion >= FIRST_VERSION;
}

/**
 * @param facts of that body.
 * @returns what makes the body ask for usage; null where it does already, or cannot be made to safely.
 */
export function usageAsk(body: Uint8Array, { stream, streamOptions }: BodyFacts): Replacement | null {
  if (!stream) return null;
  if (streamOptions === null) return inserted(body.indexOf(OPEN_BRACE) + 1, `"stream_options":{${ASKED}},`);
  const { start, end } = streamOptions;
  if (end - start > OPTIONS_BYTES_MAX) return null;
  const text = asciiText(body, start, end);
  const options = text === null ? undefined : parsed(text);
  if (text === null || options === undefined) return null;
  if (options === null) return { start, end, bytes: bytesOf(`{${ASKED}}`) };
  if (!isRecord(options)) return null;
  if (!('include_usage' in options))
    return inserted(start + 1, Object.keys(options).length === 0 ? ASKED : `${ASKED},`);
  if (options.include_usage === true) return null;
  const refused = REFUSED.exec(text);
  const word = refused?.[1];
  if (refused === null || word === undefined) return null;
  const at = start + refused.index + refused[0].length;
  return { start: at - word.length, end: at, bytes: bytesOf('true') };
}

/**
 * Whether an event is there to tell usage and nothing else: no choices, and not the prompt-filter event.
 * @param text one event, decoded.
 */
export function isUsageEvent(text: string): boolean {
  if (!/"usage"\s*:\s*\{/.test(text)) return false;
  const data = /^data: ?(.*)$/m.exec(text)?.[1];
  const value = data === undefined ? undefined : parsed(data);
  if (!isRecord(value) || !Array.isArray(value.choices)) return false;
  return value.choices.length === 0 && isRecord(value.usage) && value.prompt_filter_results === undefined;
}

function inserted(at: number, text: string): Replacement {
  return { start: at, end: at, bytes: bytesOf(text) };
}

/** @returns null where it is not all ASCII: an index of the text would then be none of the bytes. */
function asciiText(bytes: Uint8Array, start: number, end: number): string | null {
  let text = '';
  for (let i = start; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c > 0x7e) return null;
    text += String.fromCharCode(c);
  }
  return text;
}

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (letter) => letter.charCodeAt(0));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
