/**
 * Markdown from a model becomes elements of the page. They are made one by one from a short list, with attributes that are written
 * here: no text is ever read as HTML, so that there is nothing to clean. Raw HTML is shown as what it is, text; pictures are their words;
 * links say where they lead and take no referrer along.
 */
import type { ComponentChild, h, VNode } from 'preact';
import { inlineOf } from './markdown/inline.ts';
import type { Block, Definitions, Inline, Item } from './markdown/nodes.ts';
import { hasMarks, piecesOf, withoutMarks } from './model/marks.ts';

export { parsed } from './markdown/blocks.ts';

export interface Look {
  /** Makes an element. Whoever draws has it at hand, so that the script of this file neither carries nor shares it. */
  readonly make: typeof h;
  /** What a citation looks like, by its number. */
  readonly cite: (number: number) => ComponentChild;
  /** Read to those who do not see that a sentence is marked. */
  readonly doubt: string;
  /** Name of the frame that a wide table is scrolled in. */
  readonly table: string;
  /** A button or the like that stands in a piece of code. */
  readonly onCode?: (text: string) => ComponentChild;
}

export interface Drawn {
  readonly block: Block;
  readonly definitions: Definitions;
  /** An unsupported sentence goes on from the block before. */
  readonly isDoubted: boolean;
}

export function draw({ block, definitions, isDoubted }: Drawn, look: Look): VNode {
  return new Drawing(look, definitions, isDoubted).block(block);
}

type Name =
  | (
      | 'p'
      | (typeof HEADINGS)[number]
      | 'blockquote'
      | 'pre'
      | 'code'
      | 'ul'
      | 'ol'
      | 'li'
      | 'hr'
      | 'br'
      | 'a'
      | 'span'
      | 'div'
    )
  | ('em' | 'strong' | 'del' | 'table' | 'thead' | 'tbody' | 'tr' | 'th' | 'td');

/** None of them runs, loads or styles anything; `href` comes from addresses.ts alone. */
type Attributes = Readonly<
  Partial<
    Record<'href' | 'title' | 'target' | 'rel' | 'align' | 'class' | 'role' | 'aria-label', string> &
      Record<'start' | 'tabIndex', number>
  >
>;

/** Headings stand below that of the question, which is the second. */
const HEADINGS = ['h3', 'h4', 'h5', 'h6', 'h6', 'h6'] as const;

/** Elements are made in the order of the text, since a mark of doubt holds until the next one. */
class Drawing {
  readonly #look: Look;
  readonly #definitions: Definitions;
  #isDoubted: boolean;

  constructor(look: Look, definitions: Definitions, isDoubted: boolean) {
    this.#look = look;
    this.#definitions = definitions;
    this.#isDoubted = isDoubted;
  }

  block(block: Block): VNode {
    switch (block.kind) {
      case 'paragraph':
        return this.#made('p', null, this.#inline(block.text));
      case 'heading':
        return this.#made(HEADINGS[block.level - 1] ?? 'h6', null, this.#inline(block.text));
      case 'code':
        return this.#code(block.text);
      case 'quote':
        return this.#made(
          'blockquote',
          null,
          block.blocks.map((each) => this.block(each)),
        );
      case 'list':
        return this.#list(block);
      case 'table':
        return this.#table(block);
      case 'rule':
        return this.#made('hr', null, []);
    }
  }

  /** All that is ever made. Of a list only: as arguments a hundred thousand of them would be too many. */
  #made(name: Name, attributes: Attributes | null, inside: readonly ComponentChild[]): VNode {
    return this.#look.make(name, attributes, [...inside]);
  }

  #code(text: string): VNode {
    const button = this.#look.onCode?.(withoutMarks(text)) ?? null;
    return this.#made('pre', { tabIndex: 0 }, [this.#made('code', null, this.#text(text)), button]);
  }

  #list({ start, isTight, items }: Extract<Block, { kind: 'list' }>): VNode {
    const inside = items.map((item) =>
      this.#made('li', item.isDone === null ? null : { class: 'task' }, this.#item(item, isTight)),
    );
    if (start === null) return this.#made('ul', null, inside);
    return this.#made('ol', start === 1 ? null : { start }, inside);
  }

  #item({ isDone, blocks }: Item, isTight: boolean): readonly ComponentChild[] {
    const box = isDone === null ? [] : [isDone ? '☑ ' : '☐ '];
    const inside = blocks.flatMap((each): readonly ComponentChild[] =>
      isTight && each.kind === 'paragraph' ? this.#inline(each.text) : [this.block(each)],
    );
    return [...box, ...inside];
  }

  /** A wide one is scrolled by itself, also with keys. */
  #table({ align, head, rows }: Extract<Block, { kind: 'table' }>): VNode {
    const row = (cells: readonly string[], element: 'th' | 'td'): VNode => {
      const inside = cells.map((cell, i) => this.#made(element, alignedAs(align[i]), this.#inline(cell)));
      return this.#made('tr', null, inside);
    };
    const top = this.#made('thead', null, [row(head, 'th')]);
    const body = rows.map((cells) => row(cells, 'td'));
    const table = this.#made('table', null, [top, this.#made('tbody', null, body)]);
    const frame = { class: 'wide', tabIndex: 0, role: 'group', 'aria-label': this.#look.table };
    return this.#made('div', frame, [table]);
  }

  #inline(text: string): readonly ComponentChild[] {
    return inlineOf(text, this.#definitions).flatMap((node) => this.#node(node));
  }

  #node(node: Inline): readonly ComponentChild[] {
    switch (node.kind) {
      case 'text':
        return this.#text(node.text);
      case 'code':
        return [this.#made('code', null, this.#text(node.text))];
      case 'break':
        return [this.#made('br', null, [])];
      case 'link':
        return [
          this.#made(
            'a',
            outward(node.href),
            node.inside.flatMap((each) => this.#node(each)),
          ),
        ];
      default:
        return [
          this.#made(
            node.kind,
            null,
            node.inside.flatMap((each) => this.#node(each)),
          ),
        ];
    }
  }

  #text(text: string): readonly ComponentChild[] {
    if (!this.#isDoubted && !hasMarks(text)) return [text];
    const { pieces, doubted } = piecesOf(text, this.#isDoubted);
    this.#isDoubted = doubted;
    return pieces.map((piece) => {
      if (piece.kind === 'cite') return this.#look.cite(piece.number);
      if (!piece.doubted || piece.text.trim() === '') return piece.text;
      return this.#made('span', { class: 'doubted', title: this.#look.doubt }, [piece.text]);
    });
  }
}

function alignedAs(align: string | null | undefined): Attributes | null {
  return align === null || align === undefined ? null : { align };
}

function outward(href: string): Attributes {
  return { href, title: href, target: '_blank', rel: 'noopener noreferrer nofollow' };
}
