/** Paths of documents as they are indexed: relative, with `/`, never leading out. They become parts of addresses and of file names. */

export const PATH_CHARS_MAX = 400;

/** @returns the path, or null where it is refused: absolute, with `..`, with control characters, or too long. */
export function documentPath(name: string): string | null {
  const path = name.toWellFormed().normalize('NFC').replace(/\\/g, '/');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const isOut = path.startsWith('/') || /^[a-z]:/i.test(path) || parts.includes('..');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (isOut || parts.length === 0 || /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(path)) return null;
  const joined = parts.join('/');
  return joined.length > PATH_CHARS_MAX ? null : joined;
}

/** An upload's own folder keeps one user from taking the place of another's document, or of the operator's. */
export function uploadPath(owner: string | null, name: string): string | null {
  const last = name.replace(/\\/g, '/').split('/').at(-1) ?? '';
  const folder = owner === null ? 'uploads' : `uploads/${encodeURIComponent(owner).replace(/\./g, '%2E')}`;
  return last === '..' || last === '' ? null : documentPath(`${folder}/${last}`);
}
