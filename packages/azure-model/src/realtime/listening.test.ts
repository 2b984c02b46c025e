import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BYTES_PER_SECOND, SYLLABLE_MS, voiced } from '../media/voice.ts';
import { BUFFER_BYTES_MAX, Listening } from './listening.ts';

const VAD = { threshold: 0.5, silenceMs: 500, createsResponse: true, interruptsResponse: true };

function silence(ms: number): Uint8Array {
  return new Uint8Array((BYTES_PER_SECOND * ms) / 1000);
}

test('Listening: notices where somebody begins and ends to speak, however the sound is cut', () => {
  const spoken = voiced('one two three', 'alloy');
  const whole = Buffer.concat([silence(1000), spoken, silence(1000)]);
  for (const step of [960, 4801, whole.length]) {
    const listening = new Listening();
    const noticed = [];
    for (let at = 0; at < whole.length; at += step) {
      assert.ok(listening.append(whole.subarray(at, at + step)));
      noticed.push(...listening.notice(VAD));
    }
    assert.deepEqual(
      noticed.map(({ kind }) => kind),
      ['started', 'stopped'],
      `in steps of ${step}`,
    );
    const [started, stopped] = noticed;
    assert.equal(started?.atMs, 1000);
    const silentFrom = 1000 + 3 * SYLLABLE_MS;
    assert.ok(Math.abs((stopped?.atMs ?? 0) - (silentFrom + 500)) <= 60, `${stopped?.atMs}`);
  }
});

test('Listening: keeps little of a silence in which nobody speaks, so that it is never full', () => {
  const listening = new Listening();
  for (let i = 0; i < 400; i++) {
    assert.ok(listening.append(silence(1000)));
    assert.deepEqual(listening.notice(VAD), []);
  }
  assert.ok(listening.durationMs <= 1000);
});

test('Listening: takes no more than its limit, and anew once it is committed', () => {
  const listening = new Listening();
  assert.ok(listening.append(new Uint8Array(BUFFER_BYTES_MAX)));
  assert.ok(!listening.append(new Uint8Array(1)));
  assert.equal(listening.commit().length, BUFFER_BYTES_MAX);
  assert.equal(listening.durationMs, 0);
  assert.ok(listening.append(new Uint8Array(1)));
});

test('Listening: a threshold of 1 does not hear a whisper that one of 0.01 hears', () => {
  const whisper = Buffer.alloc(9600);
  for (let i = 0; i < whisper.length; i += 2) whisper.writeInt16LE(500, i);
  for (const [threshold, want] of [
    [1, 0],
    [0.01, 1],
  ] as const) {
    const listening = new Listening();
    listening.append(whisper);
    assert.equal(listening.notice({ ...VAD, threshold }).length, want);
  }
});
