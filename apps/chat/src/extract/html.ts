/** HTML to blocks: what a reader sees of it. Nothing is loaded, nothing runs: it is parsed to a tree and never rendered. */
import rehypeParse from 'rehype-parse';
import rehypeRemark from 'rehype-remark';
import { unified } from 'unified';
import { type BlockList, refuseManyCells } from './blocks.ts';
import { oneLine } from './clean.ts';
import type { ExtractLimits } from './limits.ts';
import { addMarkdown } from './mdast.ts';
import { refuseDeepTree } from './nesting.ts';

const parser = unified().use(rehypeParse).freeze();
const toMarkdown = unified().use(rehypeRemark).freeze();

/** Never read by people as text of the document. */
const LEFT_OUT = new Set(
  'script style noscript template iframe object embed applet svg math canvas audio video map form button select textarea input nav link meta base frame frameset'.split(
    ' ',
  ),
);

interface HtmlNode {
  readonly type: string;
  readonly tagName?: string;
  readonly value?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  children?: HtmlNode[];
}

export interface HtmlHead {
  readonly title: string | null;
  readonly language: string | null;
}

export function readHtml(text: string, limits: ExtractLimits, to: BlockList): HtmlHead {
  const root = parser.parse(text);
  refuseDeepTree(root, limits.nestingMax);
  const head = headOf(root);
  prune(root);
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

function prune(node: HtmlNode): void {
  if (node.children === undefined) return;
  node.children = node.children.filter((child) => child.type !== 'comment' && !isLeftOut(child));
  for (const child of node.children) prune(child);
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

/** What is hidden is not the document's text either, and a place to hide instructions. */
function isLeftOut({ tagName, properties = {} }: HtmlNode): boolean {
  if (tagName === undefined) return false;
  const style = typeof properties.style === 'string' ? properties.style.toLowerCase().replace(/\s+/g, '') : '';
  const isHidden = /display:none|visibility:hidden|font-size:0(?![.\d])|opacity:0(?![.\d])/.test(style);
  const isAside = properties.hidden === true || properties.ariaHidden === 'true' || properties.ariaHidden === true;
  return LEFT_OUT.has(tagName) || isHidden || isAside;
}
