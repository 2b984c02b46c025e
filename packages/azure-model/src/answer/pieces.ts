/** Text cut into the pieces in which it is sent, about as a tokenizer cuts it: a word with the blank before it, long words in parts. */

/** Alternatives together match every text whole: words, signs (and what is not ASCII), blanks. */
const PIECE = / ?[A-Za-z0-9_]{1,8}| ?[^\sA-Za-z0-9_]{1,4}|\s{1,4}/gu;

/** Joined they are the text. */
export function piecesOf(text: string): readonly string[] {
  return text.match(PIECE) ?? [];
}

/** Can stand in a JSON string as it is. */
export function isPlain(text: string): boolean {
  return /^[ !#-[\]-~]*$/.test(text);
}
