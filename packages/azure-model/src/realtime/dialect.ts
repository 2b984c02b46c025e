/** Realtime as it is (`/openai/v1/realtime`), and as its preview was (`/openai/realtime?api-version=`): names of events and parts. Source: wire §1.5; OpenAI's migration guide, realtime. */

export type RealtimeDialect = 'ga' | 'preview';

/** Of the preview, where they differ. */
const PREVIEW_NAMES: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
  'conversation.item.added': 'conversation.item.created',
};

export function eventName(dialect: RealtimeDialect, name: string): string {
  return dialect === 'ga' ? name : (PREVIEW_NAMES[name] ?? name);
}

/** Of a part that the model made. */
export function partType(dialect: RealtimeDialect, part: 'text' | 'audio'): string {
  return dialect === 'ga' ? `output_${part}` : part;
}
