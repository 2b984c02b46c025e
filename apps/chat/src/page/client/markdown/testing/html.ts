/** What `draw` made, as HTML to be compared: attributes in the order of their names. */
import type { ComponentChild } from 'preact';

export function htmlOf(node: ComponentChild): string {
  if (Array.isArray(node)) return node.map(htmlOf).join('');
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (typeof node !== 'object' || !('type' in node))
    return String(node).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const { children, ...attributes }: Readonly<Record<string, unknown>> & { children?: ComponentChild } = {
    ...node.props,
  };
  const written = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const inTag = written.map(([name, value]) => ` ${name}="${String(value).replaceAll('"', '&quot;')}"`).join('');
  return `<${String(node.type)}${inTag}>${htmlOf(children)}</${String(node.type)}>`;
}
