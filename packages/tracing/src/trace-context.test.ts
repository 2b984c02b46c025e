import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceparent, STATE_CHARS_MAX, traceparentOf } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('parseTraceparent: reads what the standard allows, and of later versions what it knows', () => {
  const link = { traceId: TRACE, spanId: SPAN, state: null };
  const table: readonly (readonly [string, object | null])[] = [
    [`00-${TRACE}-${SPAN}-01`, { ...link, flags: 1 }],
    [` 00-${TRACE}-${SPAN}-00 `, { ...link, flags: 0 }],
    [`00-${TRACE}-${SPAN}-03`, { ...link, flags: 3 }],
    [`cc-${TRACE}-${SPAN}-01-what-follows`, { ...link, flags: 1 }],
    [`00-${TRACE}-${SPAN}-01-what-follows`, null],
    [`cc-${TRACE}-${SPAN}-01what-follows`, null],
    [`ff-${TRACE}-${SPAN}-01`, null],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
    [`00-${'0'.repeat(32)}-${SPAN}-01`, null],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, null],
    [`00-${TRACE}-${SPAN}`, null],
    [`00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, null],
    ['', null],
  ];
  for (const [text, want] of table) assert.deepEqual(parseTraceparent(text), want, text);
});

test('parseTraceparent: takes tracestate along, up to its limit', () => {
  const of = (state: string) => parseTraceparent(`00-${TRACE}-${SPAN}-01`, state)?.state;
  const states = ['a=1,b=2', ' ', 'x'.repeat(STATE_CHARS_MAX), 'x'.repeat(STATE_CHARS_MAX + 1)];
  assert.deepEqual(states.map(of), ['a=1,b=2', null, 'x'.repeat(STATE_CHARS_MAX), null]);
});

test('traceparentOf: writes what parseTraceparent reads', () => {
  for (const flags of [0, 1, 255]) {
    const text = traceparentOf({ traceId: TRACE, spanId: SPAN, flags });
    assert.equal(parseTraceparent(text)?.flags, flags);
  }
  assert.equal(traceparentOf({ traceId: TRACE, spanId: SPAN, flags: 1 }), `00-${TRACE}-${SPAN}-01`);
});
