/** What is answered where nothing was recorded, or the upstream does not answer. In Azure's shape; the words are ours. */
import type { Answer } from '@spillway/azure-model';
import { ownAnswer } from '../own-answer.ts';
import type { TapeFailure } from './tape.ts';

interface Missed {
  readonly method: string;
  readonly path: string;
  readonly key: string;
}

export function recordingMissing({ method, path, key }: Missed): Answer {
  const message =
    `No answer is recorded for ${method} ${path} with the key ${key}. ` +
    'Record it in the mode record, or have it generated in the mode hybrid.';
  return ownAnswer(404, 'RecordingNotFound', message);
}

const STATUSES: Readonly<Record<TapeFailure['kind'], number>> = {
  refused: 503,
  unreachable: 502,
  broken: 502,
  late: 504,
};

const SENTENCES: Readonly<Record<TapeFailure['kind'], string>> = {
  refused: 'The request was not passed on',
  unreachable: 'The upstream of this resource cannot be reached',
  broken: 'The upstream of this resource broke off before it answered',
  late: 'The upstream of this resource did not answer in time',
};

export function upstreamFailed({ kind, reason }: TapeFailure): Answer {
  return ownAnswer(STATUSES[kind], 'UpstreamFailed', `${SENTENCES[kind]}: ${reason}.`);
}
