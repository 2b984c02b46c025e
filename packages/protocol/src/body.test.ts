import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BodyFacts, replaceSpans, type Span, scanBody } from './body.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The facts with the spans replaced by what stands there. */
interface Read {
  readonly model: readonly unknown[];
  readonly stream: boolean;
  readonly store: boolean | null;
  readonly background: boolean;
}

function read(text: string): Read | null {
  const bytes = bytesOf(text);
  const facts = scanBody(bytes);
  if (facts === null) return null;
  const { stream, store, background } = facts;
  return { model: facts.model.map((span) => valueAt(bytes, span)), stream, store, background };
}

function valueAt(bytes: Uint8Array, span: Span): unknown {
  return JSON.parse(textOf(bytes.subarray(span.start, span.end)));
}

const NOTHING: Read = { model: [], stream: false, store: null, background: false };

const TABLE: ReadonlyArray<readonly [name: string, body: string, want: Partial<Read> | null]> = [
  ['an empty object', '{}', {}],
  ['an empty object among blanks', ' \n\t\r{ \n } \r\n', {}],
  ['the usual body', '{"messages":[{"role":"user","content":"hi"}],"model":"gpt-4o"}', { model: ['gpt-4o'] }],
  [
    'all four',
    '{"model":"m","stream":true,"store":false,"background":true}',
    { model: ['m'], stream: true, store: false, background: true },
  ],
  ['blanks everywhere', '{ "model"\n:\t"m" ,\r\n"stream" : true }', { model: ['m'], stream: true }],
  ['store null', '{"store":null}', { store: null }],
  ['store as text', '{"store":"false"}', { store: null }],
  ['store, the last one counts', '{"store":true,"store":false}', { store: false }],
  ['store, the last one counts even if it is no boolean', '{"store":false,"store":1}', { store: null }],
  ['stream as text is not true', '{"stream":"true"}', {}],
  ['stream as number is not true', '{"stream":1}', {}],
  ['stream, the last one counts', '{"stream":true,"stream":false}', {}],
  ['two models', '{"model":"a","model":"b"}', { model: ['a', 'b'] }],
  ['a model that is no string', '{"model":5}', {}],
  ['a model of null', '{"model":null}', {}],
  ['a model that is an object with a model', '{"model":{"model":"x"}}', {}],
  ['no model where the last one is no string', '{"model":"a","model":5}', {}],
  ['the model after one that is no string', '{"model":["a"],"model":"b"}', { model: ['b'] }],
  ['a nested model is not the model', '{"a":{"model":"x","stream":true},"b":[{"model":"y"}]}', {}],
  ['a model inside a string', '{"a":"\\"model\\":\\"x\\",\\"stream\\":true"}', {}],
  ['brackets inside strings', '{"a":["]}","[{"],"model":"m"}', { model: ['m'] }],
  ['a key behind escapes', '{"\\u006dode\\u006C":"m","\\u0073tream":true}', { model: ['m'], stream: true }],
  ['a key all of escapes', `{"${escapedWhole('background')}":true}`, { background: true }],
  ['a key with a line feed in it', '{"mo\\ndel":"m"}', {}],
  ['a key with a backslash in it', '{"mo\\\\del":"m"}', {}],
  ['a key with a quote in it', '{"mo\\"del":"m","\\"model":"m"}', {}],
  ['a key in other case', '{"Model":"m","STREAM":true}', {}],
  ['keys that begin or end as ours', '{"models":"m","mymodel":"m","stream_options":true,"stores":true}', {}],
  ['a key in other letters that look alike', '{"mоdel":"m"}', {}],
  ['an empty key', '{"":"m"}', {}],
  ['a model with escapes', '{"model":"a\\"b\\\\c\\u00e9\\n"}', { model: ['a"b\\cé\n'] }],
  ['an empty model', '{"model":""}', { model: [''] }],
  ['a model in other scripts', '{"model":"模型-é-😀"}', { model: ['模型-é-😀'] }],
  ['numbers of all forms', '{"a":-0.5e+10,"b":0,"model":"m","c":1E-7}', { model: ['m'] }],
  ['an array', '[{"model":"m"}]', null],
  ['a string', '"model"', null],
  ['a number', '5', null],
  ['nothing', '', null],
  ['blanks only', ' \n', null],
  ['null', 'null', null],
  ['a byte order mark', '\uFEFF{"model":"m"}', null],
  ['text behind the object', '{"model":"m"} x', null],
  ['two objects', '{"model":"m"}{"model":"n"}', null],
  ['a trailing comma', '{"model":"m",}', null],
  ['a leading comma', '{,"model":"m"}', null],
  ['a bracket that opens and a brace that closes', '["model":"m"}', null],
  ['a key without its opening quote', '{xmodel":"m"}', null],
  ['a semicolon for a comma', '{"a":{};"model":"m"}', null],
  ['words that are nearly true and false', '{"stream":truex,"background":xrue,"store":falsee}', {}],
  ['two commas', '{"a":1,,"model":"m"}', null],
  ['no colon', '{"model" "m"}', null],
  ['no value', '{"model":}', null],
  ['a bare key', '{model:"m"}', null],
  ['single quotes', "{'model':'m'}", null],
  ['a comment', '{/* x */"model":"m"}', null],
  ['multipart', '--boundary\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper\r\n', null],
];

for (const [name, body, want] of TABLE) {
  test(`scanBody: ${name}`, () => assert.deepEqual(read(body), want === null ? null : { ...NOTHING, ...want }));
}

test('scanBody: escapes before a closing quote, at every distance from the opening one', () => {
  for (let before = 0; before < 300; before++) {
    for (const tail of ['', '\\', '\\\\', '"', '\\"', '"\\', '""', '\\\\"']) {
      const value = `${'x'.repeat(before)}${tail}`;
      const text = JSON.stringify({ a: value, b: [value, { c: value }], model: value, stream: true });
      assert.deepEqual(read(text), { ...NOTHING, model: [value], stream: true }, text);
    }
  }
});

test('scanBody: a string of escaped quotes at any spacing', () => {
  for (let gap = 0; gap < 200; gap++) {
    const value = `${'y'.repeat(gap)}"`.repeat(5);
    assert.deepEqual(read(JSON.stringify({ a: value, model: 'm' })), { ...NOTHING, model: ['m'] });
  }
});

const SIZE = 1_000_000;
const LARGE: ReadonlyArray<readonly [name: string, body: string, models: number | null]> = [
  ['nesting without an end', `{"a":${'['.repeat(SIZE)}`, null],
  ['nesting a million deep', `{"a":${'['.repeat(SIZE)}${']'.repeat(SIZE)},"model":"m"}`, 1],
  ['a string without an end', `{"a":"${'x'.repeat(SIZE)}`, null],
  ['a string of backslashes', `{"a":"${'\\'.repeat(SIZE)}","model":"m"}`, 1],
  ['a string of backslashes without an end', `{"a":"${'\\'.repeat(SIZE + 1)}"`, null],
  ['a string of escaped quotes', `{"a":"${'\\"'.repeat(SIZE / 2)}","model":"m"}`, 1],
  ['a key of a megabyte', `{"${'k'.repeat(SIZE)}":1,"model":"m"}`, 1],
  ['blanks of a megabyte', `{${' '.repeat(SIZE)}"model":"m"}`, 1],
  ['a hundred thousand models', `{${Array(100_000).fill('"model":""').join()}}`, 100_000],
  ['a hundred thousand keys', `{${Array(100_000).fill('"k":0').join()},"model":"m"}`, 1],
];

for (const [name, body, models] of LARGE) {
  test(`scanBody: time grows with the size only: ${name}`, () =>
    assert.equal(scanBody(bytesOf(body))?.model.length ?? null, models));
}

/** The text in JSON with every character as `\uXXXX`. */
function escapedWhole(text: string): string {
  return text.replace(/[\s\S]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A string in JSON, each character plain or escaped as the masks say. */
const quoted = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.infiniteStream(fc.boolean())).map(([text, masks]) => {
    const characters = Array.from({ length: text.length }, (_, i) => text.charAt(i));
    return `"${characters.map((c) => (masks.next().value ? escapedWhole(c) : JSON.stringify(c).slice(1, -1))).join('')}"`;
  });

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('"', '\\', 'x', '{', '}', '[', ']', ',', ':', '\u007f', '\n'), maxLength: 400 }),
);
const anyKey = fc.oneof(
  fc.constantFrom('model', 'stream', 'store', 'background', 'messages', 'Model', 'mo\\del', 'mo"del', 'model\n'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const anyValue = fc.oneof(
  fc.constantFrom('true', 'false', 'null', '0', '-1.5e3', '{}', '[]', '""'),
  quoted(fc.constantFrom('gpt-4o', 'chat', 'a"b', 'é', '')),
  quoted(anyText),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value, null, 2)),
);
const blank = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });
const anyPair = fc.tuple(blank, quoted(anyKey), blank, blank, anyValue, blank);
type Pair = typeof anyPair extends fc.Arbitrary<infer T> ? T : never;
const anyPairs = fc.array(anyPair, { maxLength: 12 });

function textOfPairs(pairs: readonly Pair[]): string {
  return `{${pairs.map(([a, key, b, c, value, d]) => `${a}${key}${b}:${c}${value}${d}`).join(',')}}`;
}

/** What the facts must be, from the pairs a body was made of. */
function wanted(pairs: readonly Pair[]): Read {
  const want = { model: [] as unknown[], stream: false, store: null as boolean | null, background: false };
  for (const [, keyText, , , valueText] of pairs) {
    const key: unknown = JSON.parse(keyText);
    const value: unknown = JSON.parse(valueText);
    if (key === 'model') want.model = typeof value === 'string' ? [...want.model, value] : [];
    if (key === 'stream') want.stream = value === true;
    if (key === 'background') want.background = value === true;
    if (key === 'store') want.store = typeof value === 'boolean' ? value : null;
  }
  return want;
}

/** Whether the facts agree with what JSON.parse makes of the body. */
function agrees(facts: Read, body: Record<string, unknown>): boolean {
  const model = facts.model.at(-1);
  return (
    (typeof body.model === 'string' ? model === body.model : model === undefined) &&
    facts.stream === (body.stream === true) &&
    facts.background === (body.background === true) &&
    facts.store === (typeof body.store === 'boolean' ? body.store : null)
  );
}

test('scanBody: says of any object what JSON.parse says', () => {
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const text = textOfPairs(pairs);
      const facts = read(text);
      assert.deepEqual(facts, wanted(pairs), text);
      assert.ok(facts !== null && agrees(facts, JSON.parse(text)), text);
    }),
    { numRuns: 500 },
  );
});

test('scanBody: a body that is cut short is null, wherever it is cut', () => {
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const bytes = bytesOf(textOfPairs(pairs));
      for (let size = 0; size < bytes.length; size++) assert.equal(scanBody(bytes.subarray(0, size)), null);
    }),
    { numRuns: 60 },
  );
});

test('scanBody: whatever the bytes are, it neither throws nor contradicts JSON.parse', () => {
  const noise = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ truefalsn0')), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(anyPairs, noise, (pairs, changes) => {
      const characters = Array.from(textOfPairs(pairs));
      for (const [at, c] of changes) characters[at % characters.length] = c;
      const text = characters.join('');
      const facts = scanBody(bytesOf(text));
      const body = parsedObject(text);
      if (body !== null) assert.ok(facts !== null && agrees(read(text) ?? NOTHING, body), text);
    }),
    { numRuns: 1000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void scanBody(bytes)));
});

function parsedObject(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

test('replaceSpans: replaces every model and leaves every other byte as it was', () => {
  fc.assert(
    fc.property(anyPairs, fc.string({ unit: 'binary', maxLength: 30 }), (pairs, name) => {
      const bytes = bytesOf(textOfPairs(pairs));
      const { model } = factsOf(bytes);
      const replacement = bytesOf(JSON.stringify(name));
      const spliced = replaceSpans(
        bytes,
        model.map((span) => ({ ...span, bytes: replacement })),
      );
      assert.deepEqual(outside(spliced, factsOf(spliced).model), outside(bytes, model));
      assert.deepEqual(
        factsOf(spliced).model.map((span) => valueAt(spliced, span)),
        model.map(() => name),
      );
      const before = JSON.parse(textOf(bytes));
      assert.deepEqual(JSON.parse(textOf(spliced)), model.length === 0 ? before : { ...before, model: name });
    }),
    { numRuns: 500 },
  );
});

function factsOf(bytes: Uint8Array): BodyFacts {
  const facts = scanBody(bytes);
  assert.ok(facts !== null);
  return facts;
}

/** The stretches before, between and after the spans. */
function outside(bytes: Uint8Array, spans: readonly Span[]): readonly Uint8Array[] {
  const edges = [0, ...spans.flatMap((span) => [span.start, span.end]), bytes.length];
  return edges.flatMap((edge, i) => (i % 2 === 0 ? [bytes.slice(edge, edges[i + 1])] : []));
}

const SPLICES: ReadonlyArray<readonly [given: string, spans: readonly Span[], want: string]> = [
  ['abc', [], 'abc'],
  ['abc', [{ start: 0, end: 3 }], 'XY'],
  ['abc', [{ start: 1, end: 1 }], 'aXYbc'],
  [
    'abc',
    [
      { start: 0, end: 1 },
      { start: 2, end: 3 },
    ],
    'XYbXY',
  ],
  ['abcdef', [{ start: 1, end: 5 }], 'aXYf'],
];

for (const [given, spans, want] of SPLICES) {
  test(`replaceSpans: ${given} becomes ${want}`, () =>
    assert.equal(
      textOf(
        replaceSpans(
          bytesOf(given),
          spans.map((span) => ({ ...span, bytes: bytesOf('XY') })),
        ),
      ),
      want,
    ));
}
