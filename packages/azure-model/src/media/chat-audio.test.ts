import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { chatAudioJson, heardInPart, readChatAudio } from './chat-audio.ts';

const SPEAKS = modelFacts('gpt-4o-audio-preview');
const AUDIO = { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } };

/** A body, and the parameter of the refusal; null: it is text alone; `audio`: it is spoken. */
const BODIES: ReadonlyArray<readonly [body: Record<string, unknown>, want: string | null]> = [
  [{}, null],
  [{ modalities: ['text'] }, null],
  [AUDIO, 'spoken'],
  [{ ...AUDIO, audio: { voice: 'alloy', format: 'pcm16' }, stream: true }, 'spoken'],
  [{ modalities: ['audio'] }, 'audio'],
  [{ ...AUDIO, audio: { voice: 'nobody', format: 'wav' } }, 'audio.voice'],
  [{ ...AUDIO, audio: { voice: { id: { toString: 1 } }, format: 'wav' } }, 'audio.voice'],
  [{ ...AUDIO, audio: { voice: 'alloy', format: 'wma' } }, 'audio.format'],
  [{ ...AUDIO, stream: true }, 'audio.format'],
];

for (const [body, want] of BODIES) {
  test(`readChatAudio: ${JSON.stringify(body)} is ${want ?? 'text alone'}`, () => {
    const read = readChatAudio(body, SPEAKS);
    if (read === null || !('body' in read)) assert.equal(read === null ? null : 'spoken', want);
    else assert.equal(JSON.parse(read.body).error.param, want);
  });
}

test('readChatAudio: another model does not speak', () => {
  const read = readChatAudio(AUDIO, modelFacts('gpt-4o'));
  assert.ok(read !== null && 'body' in read && read.status === 400);
});

test('heardInPart: hears what an answer said, in each format', () => {
  for (const format of ['wav', 'mp3', 'flac', 'opus', 'pcm16']) {
    const { data, transcript } = JSON.parse(chatAudioJson({ voice: 'alloy', format }, 'Open the gate.', 'audio_1', 1));
    assert.equal(transcript, 'Open the gate.');
    assert.equal(heardInPart({ type: 'input_audio', input_audio: { data, format } }), 'Open the gate.');
  }
  assert.equal(heardInPart({ type: 'input_audio', input_audio: { data: '***' } }), '');
});
