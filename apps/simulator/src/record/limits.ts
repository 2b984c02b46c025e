/** How much, how many and how long at most, in recording and passing on. */
export interface RecordLimits {
  /** Largest answer that is kept; a larger one passes, and is told of. Bytes. */
  readonly answerBytesMax: number;
  /** Pieces of an answer that is kept. */
  readonly answerChunksMax: number;
  /** Of the recording as a whole: it is held in memory. Bytes. */
  readonly fileBytesMax: number;
  /** Requests on their way upstream at once; more are answered with 503. */
  readonly callsMax: number;
  /** Of an answer that is not kept: what the slowest reader has not read yet, before the upstream has to wait. Bytes. */
  readonly unreadBytesMax: number;
  /** Until a connection stands. Milliseconds. */
  readonly connectMsMax: number;
  /** From then until the head of an answer is there: a reasoning model thinks for minutes. Milliseconds. */
  readonly headMsMax: number;
  /** Between two pieces of an answer. Milliseconds. */
  readonly idleMsMax: number;
}

const MIB = 1024 * 1024;

export const RECORD_LIMITS: RecordLimits = {
  answerBytesMax: 32 * MIB,
  answerChunksMax: 100_000,
  fileBytesMax: 256 * MIB,
  callsMax: 1000,
  unreadBytesMax: MIB,
  connectMsMax: 10_000,
  headMsMax: 600_000,
  idleMsMax: 120_000,
};
