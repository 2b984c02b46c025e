import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceSpans, scanBody } from './body.ts';
import { isUsageEvent, knowsStreamOptions, usageAsk } from './usage-ask.ts';

const ASKING = '"stream_options":{"include_usage":true},';

/** What goes up; null: as it is. */
const BODIES: ReadonlyArray<readonly [body: string, want: string | null]> = [
  ['{"stream":true,"n":1.50}', `{${ASKING}"stream":true,"n":1.50}`],
  [' \n{ "stream" : true }', ` \n{${ASKING} "stream" : true }`],
  ['{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}'],
  ['{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
  [
    '{"stream_options":{ "include_obfuscation" : false},"stream":true}',
    '{"stream_options":{"include_usage":true, "include_obfuscation" : false},"stream":true}',
  ],
  [
    '{"stream_options":{"include_usage": false, "x": 1.0},"stream":true,"é":"é"}',
    '{"stream_options":{"include_usage": true, "x": 1.0},"stream":true,"é":"é"}',
  ],
  [
    '{"stream_options":{"include_usage":null},"stream":true}',
    '{"stream_options":{"include_usage":true},"stream":true}',
  ],
  ['{"str\\u0065am_options":{},"stream":true}', '{"str\\u0065am_options":{"include_usage":true},"stream":true}'],
  ['{"stream":true,"stream_options":{"include_usage":true}}', null],
  ['{"stream":false}', null],
  ['{"messages":[]}', null],
  ['{"stream":true,"stream_options":5}', null],
  ['{"stream":true,"stream_options":{"include_usage":0}}', null],
  ['{"stream":true,"stream_options":{"x":"é","include_usage":false}}', null],
  ['{"stream":true,"stream_options":{"include_\\u0075sage":false}}', null],
  [`{"stream":true,"stream_options":{"x":"${'x'.repeat(5_000)}"}}`, null],
];

for (const [body, want] of BODIES) {
  test(`usageAsk: ${body.slice(0, 80)}`, () => {
    const bytes = new TextEncoder().encode(body);
    const facts = scanBody(bytes);
    assert.ok(facts !== null);
    const ask = usageAsk(bytes, facts);
    assert.equal(ask === null ? null : new TextDecoder().decode(replaceSpans(bytes, [ask])), want);
  });
}

const EVENTS: ReadonlyArray<readonly [text: string, is: boolean]> = [
  ['data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n', true],
  ['data: {"choices":[],"usage" : {"prompt_tokens":1}}\r\n\r\n', true],
  ['data: {"choices":[],"usage":null}\n\n', false],
  ['data: {"choices":[{"index":0}],"usage":{"prompt_tokens":1}}\n\n', false],
  ['data: {"choices":[],"prompt_filter_results":[],"usage":{"prompt_tokens":1}}\n\n', false],
  ['data: {"choices":[{"delta":{"content":"\\"usage\\":{"}}]}\n\n', false],
  ['data: {"type":"response.completed","response":{"usage":{}}}\n\n', false],
  ['data: "usage":{\n\n', false],
  ['data: [DONE]\n\n', false],
];

for (const [text, is] of EVENTS) {
  test(`isUsageEvent: ${JSON.stringify(text)} is ${is ? '' : 'not '}one`, () => assert.equal(isUsageEvent(text), is));
}

test('knowsStreamOptions: from the version that brought them on, and on v1', () => {
  for (const version of [null, '2024-09-01-preview', '2024-10-21', '2025-04-01-preview', 'preview']) {
    assert.equal(knowsStreamOptions(version), true, String(version));
  }
  for (const version of ['2024-06-01', '2023-05-15', '']) assert.equal(knowsStreamOptions(version), false, version);
});
