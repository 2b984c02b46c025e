/** Everything below `audio`. */
import type { Answer } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { Desk } from './desk.ts';
import { speak } from './speech.ts';
import { type TranscribeOperation, transcribe } from './transcribe.ts';

const LISTENING: Readonly<Record<string, TranscribeOperation>> = {
  transcriptions: { task: 'transcribe', operationId: 'Audio_Transcriptions' },
  translations: { task: 'translate', operationId: 'Audio_Translations' },
};

export class Audio implements Service {
  readonly #desk: Desk;

  constructor(premises: Premises) {
    this.#desk = new Desk(premises);
  }

  answer(call: ServiceCall): Answer | null {
    const [family, name = ''] = call.segments;
    if (family !== 'audio' || call.segments.length !== 2 || call.method !== 'POST') return null;
    if (name === 'speech') return speak(this.#desk, call);
    const operation = Object.hasOwn(LISTENING, name) ? LISTENING[name] : undefined;
    return operation === undefined ? null : transcribe(this.#desk, call, operation);
  }
}
