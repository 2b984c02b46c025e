/** Log probabilities as chat completions and Responses write them, each token with its bytes. */
import type { TokenLogprob } from '../answer/choice.ts';

/** JSON text of one entry, keys in alphabetical order. */
export function logprobEntry(token: string, { logprob, top }: TokenLogprob): string {
  const others = top.map((each) => `{${fields(each.token, each.logprob)}}`).join(',');
  return `{${fields(token, logprob)},"top_logprobs":[${others}]}`;
}

export function logprobEntries(tokens: readonly string[], logprobs: readonly TokenLogprob[]): string {
  return logprobs.map((each, i) => logprobEntry(tokens[i] ?? '', each)).join(',');
}

function fields(token: string, logprob: number): string {
  return `"bytes":[${utf8(token).join(',')}],"logprob":${logprob},"token":${JSON.stringify(token)}`;
}

/** A pure package has no TextEncoder. A lone half of a pair becomes U+FFFD, as there. */
function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}
