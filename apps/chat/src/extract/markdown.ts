/** Markdown as GitHub reads it, with frontmatter. Links and pictures leave their words; HTML leaves nothing. */
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { BlockList } from './blocks.ts';
import { withLineFeeds } from './clean.ts';
import { containerCount } from './containers.ts';
import { type FrontMatter, parseFront } from './front.ts';
import { withoutLongLaziness } from './lazy.ts';
import type { ExtractLimits } from './limits.ts';
import { markCount } from './marks.ts';
import { addMarkdown } from './mdast.ts';
import type { Extension } from './micromark.ts';
import { refuseDeepQuotes, refuseDeepTree } from './nesting.ts';

const processor = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']);

const NO_FRONT_MATTER: FrontMatter = { title: null, language: null, category: null, access: null };

export function readMarkdown(given: string, limits: ExtractLimits, to: BlockList): FrontMatter {
  const lines = withLineFeeds(given);
  refuseDeepQuotes(lines, limits.nestingMax);
  const text = withoutLongLaziness(lines);
  const marks = markCount(text);
  const root = parserWith([marks.extension, containerCount(limits.containerWorkMax)]).parse(text);
  if (marks.isExceeded) to.note(TOO_MANY_MARKS);
  refuseDeepTree(root, limits.nestingMax);
  const [first] = root.children;
  addMarkdown(root, to);
  return first?.type === 'yaml' ? parseFront(first.value) : NO_FRONT_MATTER;
}

const TOO_MANY_MARKS = 'more marks of Markdown than are looked at: the others were read as plain text';

/** The counts come last: of what has been added, the last is asked first. */
function parserWith(counts: readonly Extension[]) {
  return processor().use(function counting() {
    const data = this.data();
    data.micromarkExtensions = [...(data.micromarkExtensions ?? []), ...counts];
  });
}
