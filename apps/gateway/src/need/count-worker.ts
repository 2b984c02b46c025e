/** Runs in a worker: counts one prompt after the other, see counter.ts. */
import { parentPort } from 'node:worker_threads';
import { type CountText, promptTokens } from '@spillway/protocol';

/** What looks like a mark of the model's own is text here: a prompt may speak of `<|endoftext|>`. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Its tables take a moment and 30 MB to load: only when the first prompt is to be counted, and only in this thread. */
async function tokenizer(): Promise<CountText> {
  const { encode } = await import('gpt-tokenizer/encoding/o200k_base');
  return (text) => encode(text, AS_TEXT).length;
}

let loading: Promise<CountText> | null = null;

parentPort?.on('message', async (prompt: unknown) => {
  loading ??= tokenizer();
  const countText = await loading;
  parentPort?.postMessage(prompt instanceof Uint8Array ? counted(Buffer.from(prompt).toString(), countText) : null);
});

/** A text that the tokenizer refuses is left out. */
function counted(text: string, countText: CountText): number | null {
  try {
    return promptTokens(text, countText);
  } catch {
    return null;
  }
}
