/** A transcript in the form that was asked for. Source: OpenAI's API reference, transcriptions; the `openai` package 7.55; W3C WebVTT; SubRip. */
import { piecesOf } from '../answer/pieces.ts';
import type { StreamEvents } from '../wire/events.ts';
import { type Stretch, segmentsOf, wordTimesOf } from './heard.ts';
import type { Spoken } from './words.ts';

/** Usage as a JSON text. */
export interface Transcript extends Spoken {
  readonly task: 'transcribe' | 'translate';
  /** As `verbose_json` names it: `english`. */
  readonly language: string;
  readonly usage: string;
  /** `timestamp_granularities`. */
  readonly granularities: readonly string[];
}

export interface Rendering {
  readonly contentType: string;
  readonly text: string;
}

const PLAIN = 'text/plain; charset=utf-8';

export const TRANSCRIPT_FORMS: Readonly<Record<string, (transcript: Transcript) => Rendering>> = {
  json: ({ text, usage }) => json({ text, usage: JSON.parse(usage) }),
  text: ({ text }) => ({ contentType: PLAIN, text: `${text}\n` }),
  srt: (transcript) => ({ contentType: PLAIN, text: segmentsOf(transcript).map(subRip).join('\n') }),
  vtt: (transcript) => ({ contentType: PLAIN, text: `WEBVTT\n\n${segmentsOf(transcript).map(webVtt).join('\n')}` }),
  verbose_json: (transcript) => json(verbose(transcript)),
  diarized_json: (transcript) => json(diarized(transcript)),
};

function json(value: object): Rendering {
  return { contentType: 'application/json', text: JSON.stringify(value) };
}

function subRip(segment: Stretch, index: number): string {
  return `${index + 1}\n${clock(segment.start, ',')} --> ${clock(segment.end, ',')}\n${segment.text}\n`;
}

function webVtt({ start, end, text }: Stretch): string {
  return `${clock(start, '.')} --> ${clock(end, '.')}\n${text}\n`;
}

/** `00:01:02.345`, with the mark before the thousandths. */
function clock(seconds: number, mark: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

function verbose(transcript: Transcript): object {
  const { task, language, durationMs, text, usage, granularities } = transcript;
  const whole = { task, language, duration: Math.round(durationMs / 10) / 100, text, usage: JSON.parse(usage) };
  const segments = granularities.length === 0 || granularities.includes('segment');
  return {
    ...whole,
    ...(segments ? { segments: segmentsOf(transcript).map(verboseSegment) } : {}),
    ...(granularities.includes('word')
      ? { words: wordTimesOf(transcript).map(({ text: word, start, end }) => ({ word, start, end })) }
      : {}),
  };
}

function verboseSegment({ text, start, end }: Stretch, id: number): object {
  const figures = { temperature: 0, avg_logprob: -0.25, compression_ratio: 1.2, no_speech_prob: 0.01 };
  return { id, seek: 0, start, end, text: ` ${text}`, tokens: piecesOf(text).map((_, i) => 50_364 + i), ...figures };
}

/** Whoever speaks, it is always the same one. */
function diarized(transcript: Transcript): object {
  const { durationMs, text, usage } = transcript;
  const segments = segmentsOf(transcript).map(diarizedSegment);
  return { task: 'transcribe', duration: durationMs / 1000, text, segments, usage: JSON.parse(usage) };
}

function diarizedSegment({ text, start, end }: Stretch, index: number): object {
  return { type: 'transcript.text.segment', id: `seg_${index + 1}`, start, end, speaker: 'A', text };
}

/** A transcript as server-sent events, a piece of the text each. */
export class TranscriptEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #pieces: readonly string[];
  readonly #transcript: Transcript;

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
    this.#pieces = piecesOf(transcript.text);
    this.contentEvents = this.#pieces.length;
  }

  preamble(): string {
    return '';
  }

  content(from: number, to: number): string {
    let events = '';
    for (let i = from; i < to; i++) {
      events += `data: {"type":"transcript.text.delta","delta":${JSON.stringify(this.#pieces[i] ?? '')}}\n\n`;
    }
    return events;
  }

  ending(): string {
    const { text, usage } = this.#transcript;
    return `data: {"type":"transcript.text.done","text":${JSON.stringify(text)},"usage":${usage}}\n\n`;
  }
}
