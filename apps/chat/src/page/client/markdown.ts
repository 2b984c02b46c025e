/**
 * Markdown from a model becomes elements of the page: parsed, sanitised, and rid of whatever would load or hide something. Pictures
 * become their words, since the address of one can carry a secret away; links say where they lead and take no referrer along.
 */
import DOMPurify from 'dompurify';
import { Marked, type Token, type Tokens } from 'marked';
import { hasMarks, piecesOf } from './model/marks.ts';

const marked = new Marked({ gfm: true, breaks: false });

/** Nothing that loads, submits, styles, or names itself. */
const ALLOWED = {
  ALLOWED_TAGS: [
    ...[
      'p',
      'br',
      'hr',
      'blockquote',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'ul',
      'ol',
      'li',
      'pre',
      'code',
      'em',
      'strong',
      'del',
    ],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'a', 'sup', 'sub', 'kbd'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'align', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  // Else these would have to look like an address, too.
  ADD_URI_SAFE_ATTR: ['align', 'start'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  KEEP_CONTENT: true,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Pieces that can be drawn one by one: while an answer is written only the last one changes. */
export function blocksOf(markdown: string): readonly string[] {
  return marked
    .lexer(markdown)
    .filter(({ type }) => type !== 'space')
    .map(({ raw }) => raw);
}

export interface Drawing {
  /** What a citation looks like, by its number. */
  readonly cite: (number: number) => Node;
  /** Read to those who do not see that a sentence is marked. */
  readonly doubt: string;
}

/** @param doubted whether an unsupported sentence goes on from the block before. */
export function draw(markdown: string, drawing: Drawing, doubted = false): DocumentFragment {
  const tokens = marked.lexer(markdown);
  marked.walkTokens(tokens, calm);
  const fragment = DOMPurify.sanitize(marked.parser(tokens), ALLOWED);
  for (const link of fragment.querySelectorAll('a')) outward(link);
  for (const table of fragment.querySelectorAll('table')) scrollable(table);
  placeMarks(fragment, drawing, doubted);
  return fragment;
}

/** Raw HTML is shown as what it is, text; a picture as its words; headings stand below that of the question, which is the second. */
function calm(token: Token): void {
  if (token.type === 'html') Object.assign(token, textToken(token.raw));
  if (token.type === 'heading') token.depth = Math.min(6, token.depth + 2);
  if (token.type === 'image') Object.assign(token, textToken(token.text));
}

function textToken(text: string): Partial<Tokens.Text> {
  return { type: 'text', raw: text, text, escaped: false };
}

function outward(link: HTMLAnchorElement): void {
  if (!link.hasAttribute('href')) return;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.title = link.href;
}

/** A wide table is scrolled by itself, also with keys. */
function scrollable(table: HTMLTableElement): void {
  const frame = document.createElement('div');
  frame.className = 'wide';
  frame.tabIndex = 0;
  table.replaceWith(frame);
  frame.append(table);
}

function placeMarks(fragment: DocumentFragment, { cite, doubt }: Drawing, doubted: boolean): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Node[] = [];
  while (walker.nextNode() !== null) texts.push(walker.currentNode);
  for (const node of texts) {
    const text = node.textContent ?? '';
    if (!doubted && !hasMarks(text)) continue;
    const found = piecesOf(text, doubted);
    doubted = found.doubted;
    const nodes = found.pieces.map((piece) => (piece.kind === 'cite' ? cite(piece.number) : plain(piece, doubt)));
    if (node.parentNode !== null) for (const each of nodes) node.parentNode.insertBefore(each, node);
    node.parentNode?.removeChild(node);
  }
}

function plain({ text, doubted }: { readonly text: string; readonly doubted: boolean }, doubt: string): Node {
  if (!doubted || text.trim() === '') return document.createTextNode(text);
  const mark = document.createElement('span');
  mark.className = 'doubted';
  mark.title = doubt;
  mark.textContent = text;
  return mark;
}
