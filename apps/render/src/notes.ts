/** What of a configuration is not in force where it was rendered to, as a page to be read. */

/** @param where of Azure. @param lines what is left out, a line each. */
export function notes(where: string, lines: readonly string[]): string {
  const list = lines.map((line) => `- ${line}`).join('\n');
  const body = lines.length === 0 ? 'Nothing: all of the configuration is in force here.' : list;
  return `# Of the configuration, not in force in ${where}\n\n${body}\n`;
}
