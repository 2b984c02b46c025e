/** Markdown as GitHub reads it, with frontmatter. Links and pictures leave their words; HTML leaves nothing. */
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { BlockList } from './blocks.ts';
import { type FrontMatter, parseFront } from './front.ts';
import type { ExtractLimits } from './limits.ts';
import { addMarkdown } from './mdast.ts';
import { refuseDeepQuotes, refuseDeepTree } from './nesting.ts';

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']).freeze();

const NO_FRONT_MATTER: FrontMatter = { title: null, language: null, category: null, access: null };

export function readMarkdown(text: string, limits: ExtractLimits, to: BlockList): FrontMatter {
  refuseDeepQuotes(text, limits.nestingMax);
  const root = parser.parse(text);
  refuseDeepTree(root, limits.nestingMax);
  const [first] = root.children;
  addMarkdown(root, to);
  return first?.type === 'yaml' ? parseFront(first.value) : NO_FRONT_MATTER;
}
