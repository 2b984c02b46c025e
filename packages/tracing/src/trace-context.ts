/** Who called whom, as HTTP headers tell it. Source: W3C Trace Context, §3.2 (`traceparent`), §3.3 (`tracestate`). */

/** A span, of this process or another one. */
export interface SpanLink {
  /** 32 hexadecimal digits, in lower case; not all zero. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** 0 to 255; the lowest bit says that the trace is kept. */
  readonly flags: number;
  /** What `tracestate` said; null: nothing. */
  readonly state: string | null;
}

/** Longer ones are not passed on. Characters. Source: §3.3.1.5: those up to 512 must be. */
export const STATE_CHARS_MAX = 2_048;

const VERSION_0 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Of a later version the same parts are read, and whatever follows is not (§4.3, no. 4). */
const LATER = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** @returns null for one that is not valid: then a new trace begins, and its `tracestate` means nothing. */
export function parseTraceparent(text: string, state: string | null = null): SpanLink | null {
  const [, traceId = '', spanId = '', flags = ''] = (text.startsWith('00') ? VERSION_0 : LATER).exec(text.trim()) ?? [];
  if (flags === '' || isZero(traceId) || isZero(spanId)) return null;
  const kept = state === null || state.trim() === '' || state.length > STATE_CHARS_MAX ? null : state;
  return { traceId, spanId, flags: Number.parseInt(flags, 16), state: kept };
}

export function traceparentOf({ traceId, spanId, flags }: Omit<SpanLink, 'state'>): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}
