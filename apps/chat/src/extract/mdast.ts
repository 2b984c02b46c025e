/** A Markdown tree to blocks. HTML and DOCX come here too, so that one reader decides what a heading, a list and a table are. */
import { toString as textOf } from 'mdast-util-to-string';
import type { BlockList } from './blocks.ts';

/** What is read of a node; the whole of mdast is larger. Source: github.com/syntax-tree/mdast. */
export interface MarkdownNode {
  readonly type: string;
  readonly value?: string | undefined;
  readonly depth?: number | undefined;
  readonly ordered?: boolean | null | undefined;
  readonly start?: number | null | undefined;
  readonly children?: readonly MarkdownNode[] | undefined;
}

/** HTML within Markdown is left out whole: it is markup for a browser, and the usual carrier of scripts. */
const TEXT_OPTIONS = { includeHtml: false, includeImageAlt: true };

export function addMarkdown(root: MarkdownNode, to: BlockList): void {
  for (const node of root.children ?? []) addNode(node, to);
}

function addNode(node: MarkdownNode, to: BlockList): void {
  switch (node.type) {
    case 'heading':
      return to.heading(node.depth ?? 1, plain(node));
    case 'paragraph':
      return to.paragraph(plain(node));
    case 'list':
      return to.list(listLines(node, '').join('\n'));
    case 'table':
      return to.table(withHead((node.children ?? []).map((row) => (row.children ?? []).map(plain))));
    case 'code':
      return to.code(node.value ?? '');
    case 'html':
    case 'yaml':
    case 'toml':
    case 'definition':
      return;
    default:
      // Quotes, footnotes and what HTML brings: what is in them.
      if (node.children?.some(({ type }) => INLINE.has(type)) === true) to.paragraph(plain(node));
      else addMarkdown(node, to);
  }
}

/** HTML and DOCX have tables without a head, Markdown has not: it gets an empty one, and then the first row is the better head. */
function withHead(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const [head, ...rest] = rows;
  return rest.length > 0 && head?.every((text) => text.trim() === '') === true ? rest : rows;
}

const INLINE = new Set([
  'text',
  'emphasis',
  'strong',
  'link',
  'inlineCode',
  'delete',
  'image',
  'break',
  'linkReference',
]);

function plain(node: MarkdownNode): string {
  if (node.type === 'break') return '\n';
  if (node.children === undefined) return textOf(node, TEXT_OPTIONS);
  return withoutScripts(node.children).map(plain).join('');
}

/** HTML in a line leaves what stands between its tags; of scripts and styles that is no text. */
function withoutScripts(nodes: readonly MarkdownNode[]): readonly MarkdownNode[] {
  let within = false;
  return nodes.filter(({ type, value = '' }) => {
    if (type === 'html' && /^<(?:script|style)\b/i.test(value)) within = true;
    else if (type === 'html' && /^<\/(?:script|style)\b/i.test(value)) within = false;
    return !within && type !== 'html';
  });
}

function listLines(list: MarkdownNode, indent: string): readonly string[] {
  return (list.children ?? []).flatMap((item, i) => {
    const mark = list.ordered === true ? `${(list.start ?? 1) + i}. ` : '- ';
    return itemLines(item, indent, mark);
  });
}

function itemLines(item: MarkdownNode, indent: string, mark: string): readonly string[] {
  const lines: string[] = [];
  for (const child of item.children ?? []) {
    if (child.type === 'list') lines.push(...listLines(child, `${indent}  `));
    else if (child.type === 'html') continue;
    else lines.push(`${indent}${lines.length === 0 ? mark : '  '}${plainBlock(child)}`);
  }
  return lines;
}

function plainBlock(node: MarkdownNode): string {
  if (node.type === 'code') return node.value ?? '';
  const blocks = node.children?.filter(({ type }) => !INLINE.has(type)) ?? [];
  const text = blocks.length > 1 ? blocks.map(plain).join(' ') : plain(node);
  return text.replace(/\s+/g, ' ');
}
