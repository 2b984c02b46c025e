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
