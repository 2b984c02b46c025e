/** The parts of Markdown that the checks look at. */

export interface Part {
  readonly text: string;
  readonly line: number;
}

/** Targets of links and images, inline or by reference; not those in code. */
export function linksOf(markdown: string): Part[] {
  return matches(withoutCode(markdown), /\]\(\s*<?([^)\s>]+)>?[^)]*\)|^ {0,3}\[[^\]\n]+\]:[ \t]*<?([^\s>]+)/gm);
}

/** What stands between single backticks, outside of code blocks. */
export function backtickedIn(markdown: string): Part[] {
  return matches(withoutBlocks(markdown), /(?<!`)`([^`\n]+)`(?!`)/g);
}

/** Anchors that a page offers, made from its headings as GitHub makes them. */
export function anchorsOf(markdown: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = matches(withoutBlocks(markdown), /^#{1,6}\s+(.+?)\s*#*$/gm).map(({ text }) => {
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(anchors);
}

function matches(text: string, pattern: RegExp): Part[] {
  return [...text.matchAll(pattern)].map((match) => ({
    text: match.slice(1).find((group) => group !== undefined) ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** Blanked out rather than cut out, so that line numbers stay. */
function withoutBlocks(markdown: string): string {
  return markdown.replace(/^( {0,3})(```+|~~~+).*?^ {0,3}\2[`~]*[ \t]*$/gms, (block) => block.replace(/[^\n]/g, ''));
}

function withoutCode(markdown: string): string {
  return withoutBlocks(markdown).replace(/(`+)[^`].*?\1/gs, (code) => code.replace(/[^\n]/g, ' '));
}
