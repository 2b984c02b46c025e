import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import type { Answer } from '../reply.ts';
import type { FormPart } from '../service.ts';
import { answered, testRequest, testResource } from '../testing.ts';
import { MIB_FIRST_TOKENS, SOUND_BYTES_MAX } from './transcribe.ts';
import { voiced } from './voice.ts';
import { wavOf } from './wav.ts';

const DEPLOYMENTS = [
  { name: 'ear', model: 'whisper', capacity: 100 },
  { name: 'new-ear', model: 'gpt-4o-transcribe', capacity: 100 },
  { name: 'ears', model: 'gpt-4o-transcribe-diarize', capacity: 100 },
  { name: 'voice', model: 'tts-hd', capacity: 100 },
  { name: 'new-voice', model: 'gpt-4o-mini-tts', capacity: 100 },
  { name: 'narrow', model: 'gpt-4o-mini-tts', capacity: 1 },
];
const FLAT = { firstTokenMs: 150, perTokenMs: 8, spread: 0 };
const SPOKEN = wavOf(voiced('Open the gate.', 'alloy'), '');

function ask(path: string, body: unknown, form: readonly FormPart[] | null = null): Answer {
  const resource = testResource(seededUnit, { deployments: DEPLOYMENTS, latency: FLAT });
  return answered(
    resource,
    testRequest(form === null ? body : '', { path: `/openai/v1/audio/${path}`, query: '', form }),
  );
}

function field(name: string, value: string): FormPart {
  return { name, filename: null, contentType: null, bytes: Buffer.from(value), text: () => value };
}

function file(bytes: Uint8Array, filename = 'a.wav'): FormPart {
  return { name: 'file', filename, contentType: null, bytes, text: () => '' };
}

function bodyOf({ body }: Answer) {
  assert.ok(body.kind === 'text');
  return JSON.parse(body.text);
}

/** What is heard with which fields, and the parameter that the 400 names; null: it is understood. */
const HEARD: ReadonlyArray<readonly [path: string, fields: Readonly<Record<string, string>>, param: string | null]> = [
  ['transcriptions', { model: 'ear' }, null],
  ['transcriptions', { model: 'ear', response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }, null],
  ['transcriptions', { model: 'ears', response_format: 'diarized_json' }, null],
  ['translations', { model: 'ear' }, null],
  ['transcriptions', { model: 'ear', response_format: 'diarized_json' }, 'response_format'],
  ['transcriptions', { model: 'new-ear', response_format: 'verbose_json' }, 'response_format'],
  ['transcriptions', { model: 'ear', 'timestamp_granularities[]': 'word' }, 'timestamp_granularities'],
  [
    'transcriptions',
    { model: 'ear', response_format: 'verbose_json', 'timestamp_granularities[]': 'letter' },
    'timestamp_granularities',
  ],
  ['translations', { model: 'new-ear' }, 'model'],
];

for (const [path, fields, param] of HEARD) {
  test(`Audio: ${path} with ${JSON.stringify(fields)} ${param === null ? 'is understood' : `is refused by '${param}'`}`, () => {
    const form = [file(SPOKEN), ...Object.entries(fields).map(([name, value]) => field(name, value))];
    const answer = ask(path, null, form);
    assert.equal(answer.status, param === null ? 200 : 400);
    if (param === null) assert.equal(bodyOf(answer).text, 'Open the gate.');
    else assert.equal(bodyOf(answer).error.param, param);
  });
}

test('Audio: sound takes the longer the more of it there is, and its tokens are counted where the model counts tokens', () => {
  const bytes = new Uint8Array(2 * 1024 * 1024);
  const whisper = ask('transcriptions', null, [file(bytes, 'a.mp3'), field('model', 'ear')]);
  assert.equal(whisper.waitMs, 2 * MIB_FIRST_TOKENS * 150);
  assert.deepEqual(bodyOf(whisper).usage, { type: 'duration', seconds: 132 });
  assert.equal(whisper.work?.usage?.promptTokens, 0);
  const counted = ask('transcriptions', null, [file(bytes, 'a.mp3'), field('model', 'new-ear')]);
  assert.equal(counted.work?.usage?.promptTokens, 1311);
  assert.equal(bodyOf(counted).usage.input_tokens, 1311);
});

test('Audio: a file too large, none, an empty one, and one of another kind are refused in the words of OpenAI', () => {
  const model = field('model', 'ear');
  const large = ask('transcriptions', null, [model, file(new Uint8Array(SOUND_BYTES_MAX + 1))]);
  assert.equal(large.status, 413);
  assert.match(bodyOf(large).error.message, /\(26214400\) exceeded \(26214401 bytes read\)/);
  assert.equal(bodyOf(ask('transcriptions', null, [model])).error.param, 'file');
  assert.match(bodyOf(ask('transcriptions', null, [model, file(new Uint8Array(0))])).error.message, /too short/);
  assert.match(
    bodyOf(ask('transcriptions', null, [model, file(SPOKEN, 'a.txt')])).error.message,
    /^Invalid file format/,
  );
});

/** What is to be spoken, and the parameter that the 400 names; null: it is spoken. */
const SPEECH: ReadonlyArray<readonly [body: object, param: string | null]> = [
  [{}, null],
  [{ voice: { id: 'voice_mine' }, speed: 4, response_format: 'pcm' }, null],
  [{ input: undefined }, 'input'],
  [{ input: '' }, 'input'],
  [{ input: 'x'.repeat(4097) }, 'input'],
  [{ voice: undefined }, 'voice'],
  [{ voice: 'nobody' }, 'voice'],
  [{ response_format: 'wma' }, 'response_format'],
  [{ response_format: 'toString' }, 'response_format'],
  [{ speed: 0.1 }, 'speed'],
  [{ stream_format: 'sse' }, 'stream_format'],
];

for (const [body, param] of SPEECH) {
  test(`Audio: speech with ${JSON.stringify(body).slice(0, 80)} ${param === null ? 'is spoken' : `is refused by '${param}'`}`, () => {
    const answer = ask('speech', { model: 'voice', input: 'Hi', voice: 'alloy', ...body });
    assert.equal(answer.status, param === null ? 200 : 400);
    if (param === null) assert.ok(answer.body.kind === 'bytes' && answer.body.bytes.length > 0);
    else assert.equal(bodyOf(answer).error.param, param);
  });
}

test('Audio: speech of a model that counts tokens meets its tokens per minute', () => {
  const resource = testResource(seededUnit, { deployments: DEPLOYMENTS, latency: FLAT });
  const body = { model: 'narrow', input: 'a '.repeat(2000), voice: 'alloy' };
  const refused = answered(resource, testRequest(body, { path: '/openai/v1/audio/speech', query: '' }));
  assert.equal(refused.status, 429);
  assert.match(bodyOf(refused).error.message, /token rate limit.*Audio_Speech/);
});
