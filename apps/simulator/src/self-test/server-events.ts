/** The events of a finished stream as a strict client reads them. Source: wire §5.1, §5.5; WHATWG HTML §9.2.6 for the framing. */

export interface ServerEvent {
  /** The `event` field; null where there is none. */
  readonly name: string | null;
  /** '' where there is none. */
  readonly data: string;
  /** The data as JSON; undefined where it is none, as `[DONE]`. */
  readonly json: unknown;
  /** The event was ended by a blank line. */
  readonly whole: boolean;
}

export const DONE = '[DONE]';

export function serverEventsIn(text: string): readonly ServerEvent[] {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n');
  // What follows the last blank line was not ended by one.
  return blocks
    .map((block, index) => eventOf(block, index < blocks.length - 1))
    .filter(({ name, data }) => name !== null || data !== '');
}

function eventOf(block: string, whole: boolean): ServerEvent {
  let name: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  const joined = data.join('\n');
  return { name, data: joined, json: parsed(joined), whole };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
