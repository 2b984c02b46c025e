/** Well-formed XML, so that every XML tool can read the policies: quotes and signs of expressions are escaped. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlChild[];
}

/** Text stands alone in its element. */
type XmlChild = XmlElement | string;

export function xml(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly XmlChild[]
): XmlElement {
  return { name, attributes, children };
}

export function printXml(element: XmlElement, indent = ''): string {
  const open = [element.name, ...Object.entries(element.attributes).map(([key, value]) => `${key}="${quoted(value)}"`)];
  if (element.children.length === 0) return `${indent}<${open.join(' ')} />\n`;
  const [only] = element.children;
  if (element.children.length === 1 && typeof only === 'string')
    return `${indent}<${open.join(' ')}>${escaped(only)}</${element.name}>\n`;
  const inside = element.children.map((child) => printChild(child, `${indent}  `)).join('');
  return `${indent}<${open.join(' ')}>\n${inside}${indent}</${element.name}>\n`;
}

function printChild(child: XmlChild, indent: string): string {
  return typeof child === 'string' ? `${indent}${escaped(child)}\n` : printXml(child, indent);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function quoted(text: string): string {
  return escaped(text).replaceAll('"', '&quot;');
}
