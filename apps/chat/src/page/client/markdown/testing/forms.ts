/** Two readings of a Markdown text in one form, to be compared: ours, and that of the library which reads documents. */
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { parsed } from '../blocks.ts';
import { inlineOf } from '../inline.ts';
import type { Block, Definitions, Inline } from '../nodes.ts';

/** As `p(a em(b))`. */
export function formOf(markdown: string): string {
  const { blocks, definitions } = parsed(markdown);
  return blocks.map(({ block }) => ofBlock(block, definitions)).join(' ');
}

function ofBlock(block: Block, definitions: Definitions): string {
  const inline = (text: string): string => inlineOf(text, definitions).map(ofInline).join('');
  const all = (blocks: readonly Block[]): string => blocks.map((each) => ofBlock(each, definitions)).join(' ');
  switch (block.kind) {
    case 'paragraph':
      return `p(${inline(block.text)})`;
    case 'heading':
      return `h${block.level}(${inline(block.text)})`;
    case 'code':
      return `pre(${block.text})`;
    case 'quote':
      return `quote(${all(block.blocks)})`;
    case 'list':
      return `${block.start === null ? 'ul' : `ol${block.start}`}${block.isTight ? '' : '!'}(${block.items.map(({ isDone, blocks }) => `li${isDone ?? ''}(${all(blocks)})`).join(' ')})`;
    case 'table':
      return `table(${[block.head, ...block.rows].map((row) => `tr(${row.map(inline).join('|')})`).join(' ')} ${block.align.join()})`;
    case 'rule':
      return 'rule';
  }
}

function ofInline(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'code':
      return `code(${node.text})`;
    case 'break':
      return '⏎';
    case 'link':
      return `a(${node.href} ${node.inside.map(ofInline).join('')})`;
    default:
      return `${node.kind}(${node.inside.map(ofInline).join('')})`;
  }
}

interface Tree {
  readonly type: string;
  readonly value?: string | undefined;
  readonly children?: readonly Tree[] | undefined;
  readonly depth?: number | undefined;
  readonly ordered?: boolean | null | undefined;
  readonly start?: number | null | undefined;
  readonly spread?: boolean | null | undefined;
  readonly checked?: boolean | null | undefined;
  readonly url?: string | undefined;
  readonly alt?: string | null | undefined;
  readonly align?: ReadonlyArray<string | null> | null | undefined;
}

const reader = unified().use(remarkParse).use(remarkGfm);

export function formByLibrary(markdown: string): string {
  return inner(reader.parse(markdown), ' ');
}

function inner({ children = [] }: Tree, between = ''): string {
  return children
    .map(ofTree)
    .filter((form) => form !== '')
    .join(between);
}

function ofTree(node: Tree): string {
  switch (node.type) {
    case 'paragraph':
      return `p(${inner(node)})`;
    case 'heading':
      return `h${node.depth}(${inner(node)})`;
    case 'code':
      return `pre(${node.value})`;
    case 'blockquote':
      return `quote(${inner(node, ' ')})`;
    case 'list': {
      const isLoose = node.spread === true || node.children?.some(({ spread }) => spread === true) === true;
      return `${node.ordered === true ? `ol${node.start}` : 'ul'}${isLoose ? '!' : ''}(${inner(node, ' ')})`;
    }
    case 'listItem':
      return `li${node.checked ?? ''}(${inner(node, ' ')})`;
    case 'table':
      return `table(${inner(node, ' ')} ${node.align?.join()})`;
    case 'tableRow':
      return `tr(${inner(node, '|')})`;
    case 'inlineCode':
      return `code(${node.value})`;
    case 'emphasis':
      return `em(${inner(node)})`;
    case 'strong':
      return `strong(${inner(node)})`;
    case 'delete':
      return `del(${inner(node)})`;
    case 'link':
      return `a(${new URL(node.url ?? '').href} ${inner(node)})`;
    case 'image':
      return node.alt ?? '';
    case 'thematicBreak':
      return 'rule';
    case 'break':
      return '⏎';
    case 'definition':
      return '';
    case 'tableCell':
      return inner(node);
    default:
      return node.value ?? inner(node);
  }
}
