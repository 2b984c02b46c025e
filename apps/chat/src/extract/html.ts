/** HTML to blocks: what a reader sees of it. Nothing is loaded, nothing runs: it is parsed to a tree and never rendered. */
import rehypeParse from 'rehype-parse';
import rehypeRemark from 'rehype-remark';
import { unified } from 'unified';
import { type BlockList, refuseManyCells } from './blocks.ts';
import { oneLine } from './clean.ts';
import { type HtmlNode, simplify } from './html-tree.ts';
import type { ExtractLimits } from './limits.ts';
import { addMarkdown } from './mdast.ts';
import { refuseDeepTree } from './nesting.ts';

const parser = unified().use(rehypeParse).freeze();
const toMarkdown = unified().use(rehypeRemark).freeze();

export interface HtmlHead {
  readonly title: string | null;
  readonly language: string | null;
}

export function readHtml(text: string, limits: ExtractLimits, to: BlockList): HtmlHead {
  const root = parser.parse(text);
  refuseDeepTree(root, limits.nestingMax);
  const head = headOf(root);
  simplify(root);
  refuseManyCells(1, cellsClaimedIn(root), limits);
  addMarkdown(toMarkdown.runSync(root), to);
  return head;
}

function headOf(root: HtmlNode): HtmlHead {
  const html = root.children?.find(({ tagName }) => tagName === 'html');
  const head = html?.children?.find(({ tagName }) => tagName === 'head');
  const title = head?.children?.find(({ tagName }) => tagName === 'title')?.children?.[0]?.value;
  const language = html?.properties?.lang;
  return {
    title: title === undefined || oneLine(title) === '' ? null : oneLine(title),
    language: typeof language === 'string' && language !== '' ? language : null,
  };
}

/** Cells of all tables, as often as each says that it counts: what follows makes a cell of each. */
function cellsClaimedIn(node: HtmlNode): number {
  const { colSpan, rowSpan } = node.properties ?? {};
  const own = node.tagName === 'td' || node.tagName === 'th' ? spanOf(colSpan) * spanOf(rowSpan) : 0;
  return (node.children ?? []).reduce((sum, child) => sum + cellsClaimedIn(child), own);
}

function spanOf(value: unknown): number {
  return typeof value === 'number' && value > 1 ? value : 1;
}
