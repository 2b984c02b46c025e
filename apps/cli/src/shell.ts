/** Texts in commands that a person can paste. Pure. */

/** A word of a POSIX shell (POSIX.1-2024, Shell Command Language §2.2): whatever it holds, the shell reads the text that was given. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
