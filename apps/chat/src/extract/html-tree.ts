/**
 * What is read of an HTML tree: blocks, and their text in one piece. Elements within a line carry nothing that is kept, and many of them
 * side by side cost what reads the tree next the square of their number: 4,000 empty links were a minute.
 */

export interface HtmlNode {
  readonly type: string;
  tagName?: string;
  value?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  children?: HtmlNode[];
}

/** Never read by people as text of the document. */
const LEFT_OUT = new Set(
  `applet area audio base basefont bgsound button canvas caption col colgroup command datalist dialog embed form frame frameset head iframe
  input link map math menu meta nav noembed noframes noscript object optgroup option param script select source style svg template textarea
  title track video`.split(/\s+/),
);

/** Each of them begins a line of its own. Source: HTML, §15.3, "Flow content", "Sections and headings", "Lists", "Tables". */
const BLOCKS = new Set(
  `address article aside blockquote body br center dd dir div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr html legend
  li listing main ol p plaintext pre section summary table tbody td tfoot th thead tr ul xmp`.split(/\s+/),
);
/** Blocks too, but what reads the tree next does not know them as such. */
const BOXES = new Set(['details', 'fieldset', 'multicol']);

/** In place. The depth of the tree is checked before. */
export function simplify(node: HtmlNode): void {
  const kept: HtmlNode[] = [];
  for (const child of node.children ?? []) collect(child, kept);
  node.children = kept;
}

function collect(node: HtmlNode, into: HtmlNode[]): void {
  if (node.type === 'text') return addText(node.value ?? '', into);
  const { tagName } = node;
  if (node.type !== 'element' || tagName === undefined || isLeftOut(node)) return;
  if (BOXES.has(tagName)) node.tagName = 'div';
  else if (!BLOCKS.has(tagName)) return collectInline(node, into);
  if (node.children !== undefined) simplify(node);
  into.push(node);
}

function collectInline({ tagName, properties = {}, children = [] }: HtmlNode, into: HtmlNode[]): void {
  if (tagName === 'img') return addText(typeof properties.alt === 'string' ? properties.alt : '', into);
  if (tagName === 'q') addText('"', into);
  for (const child of children) collect(child, into);
  if (tagName === 'q') addText('"', into);
}

function addText(value: string, into: HtmlNode[]): void {
  const last = into.at(-1);
  if (last?.type === 'text') last.value = (last.value ?? '') + value;
  else if (value !== '') into.push({ type: 'text', value });
}

/** What is hidden is not the document's text either, and a place to hide instructions. */
function isLeftOut({ tagName = '', properties = {} }: HtmlNode): boolean {
  const style = typeof properties.style === 'string' ? properties.style.toLowerCase().replace(/\s+/g, '') : '';
  const isHidden = /display:none|visibility:hidden|font-size:0(?![.\d])|opacity:0(?![.\d])/.test(style);
  const isAside = properties.hidden === true || properties.ariaHidden === 'true' || properties.ariaHidden === true;
  return LEFT_OUT.has(tagName) || isHidden || isAside;
}
