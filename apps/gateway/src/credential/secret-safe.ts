/**
 * Text from elsewhere, made fit for an error or a log line: an endpoint may echo what it was sent, and an answer may hold a token.
 * Secrets that are known are cut out in each spelling in which they travel; what looks like a token is cut out unseen.
 */

/** Characters of foreign text that an error may quote. */
export const QUOTED_CHARS_MAX = 300;

const MASK = '[secret]';

/** JWTs begin with the base64 of `{"`. Source: RFC 7519 §3. */
const TOKEN_LIKE = /eyJ[\w-]{8,}(?:\.[\w-]*)*/g;

/** Control characters, line breaks among them: a foreign text stays on its line. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** One line of at most `QUOTED_CHARS_MAX` characters, without the given secrets and without anything that looks like a token. */
export function quoteSafely(text: string, secrets: readonly string[]): string {
  let safe = text.toWellFormed();
  for (const secret of spellings(secrets)) safe = safe.replaceAll(secret, MASK);
  safe = safe.replace(TOKEN_LIKE, MASK).replace(CONTROL, ' ').trim();
  return safe.length <= QUOTED_CHARS_MAX ? safe : `${safe.slice(0, QUOTED_CHARS_MAX)}…`;
}

/** As they are, as in a query or form, as in JSON, and as base64; the longest first, so that no rest of a longer one remains. */
function spellings(secrets: readonly string[]): string[] {
  const all = secrets
    .filter((secret) => secret !== '')
    .map((secret) => secret.toWellFormed())
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('base64url'),
    ]);
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** The code of a system's or library's error, else its name. Never its message: that may quote what was sent. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
