/** Base64 of bytes (RFC 4648 §4): a pure package has no Buffer. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The four characters of three bytes come from two of 4,096 pairs. */
const PAIRS: readonly string[] = Array.from({ length: 4096 }, (_, i) => `${ALPHABET[i >> 6]}${ALPHABET[i & 63]}`);

export function base64(bytes: Uint8Array): string {
  let text = '';
  const whole = bytes.length - (bytes.length % 3);
  for (let i = 0; i < whole; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += `${PAIRS[three >> 12]}${PAIRS[three & 4095]}`;
  }
  if (whole === bytes.length) return text;
  const first = bytes[whole] ?? 0;
  if (whole + 1 === bytes.length) return `${text}${PAIRS[first << 4]}==`;
  const two = (first << 8) | (bytes[whole + 1] ?? 0);
  return `${text}${PAIRS[two >> 4]}${ALPHABET[(two & 15) << 2]}=`;
}

/**
 * Text in base64url, its bytes taken for Latin-1: enough for the claims of a token, whose ASCII parts are all that is read.
 * @returns null where a character is not of the alphabet.
 */
export function textOfBase64Url(encoded: string): string | null {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const character of encoded.replace(/=+$/, '')) {
    const value = URL_DIGITS.indexOf(character);
    if (value < 0) return null;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    text += String.fromCharCode((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return text;
}

const URL_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
