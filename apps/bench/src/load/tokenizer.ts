/** Tokenizers of OpenAI's models, loaded when they are needed: their tables take a moment and 30 MB. */
import { type CountText, countInPieces } from '@spillway/protocol';

/** What looks like a mark of the model's own is text here: a prompt may speak of `<|endoftext|>`. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Models before gpt-4o count by another table; names that are not known count by today's. */
export async function tokenizerFor(model: string): Promise<CountText> {
  const isOld = /^gpt-(?:3\.5|35|4)(?:-|$)/.test(model) && !/^gpt-4-?(?:o|\.1|\.5)/.test(model);
  const { encode } = isOld
    ? await import('gpt-tokenizer/encoding/cl100k_base')
    : await import('gpt-tokenizer/encoding/o200k_base');
  return (text) => countInPieces(text, (piece) => encode(piece, AS_TEXT).length);
}
