/** A policy as a tree, as any XML reader sees it. */
import { XmlComment, XmlDocument, XmlElement, type XmlNode, XmlText } from 'libxml2-wasm';

export interface Policy {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Policy[];
  /** Of an element without children. */
  readonly text: string;
}

export function readPolicy(text: string): Policy {
  const document = XmlDocument.fromString(text);
  try {
    return treeOf(document.root);
  } finally {
    document.dispose();
  }
}

function treeOf(element: XmlElement): Policy {
  const children: Policy[] = [];
  let text = '';
  for (let node: XmlNode | null = element.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) children.push(treeOf(node));
    else if (node instanceof XmlText) text += node.content;
    else if (!(node instanceof XmlComment)) throw new Error(`unknown node in ${element.name}`);
  }
  const attributes = Object.fromEntries(element.attrs.map(({ name, content }) => [name, content]));
  return { name: element.name, attributes, children, text: children.length === 0 ? text : '' };
}

export function* everyElement(policy: Policy): Generator<Policy> {
  yield policy;
  for (const child of policy.children) yield* everyElement(child);
}

/** Every expression in attributes and texts, without `@(` and `)`. */
export function* expressionsIn(policy: Policy): Generator<string> {
  for (const { attributes, text } of everyElement(policy)) {
    for (const value of [...Object.values(attributes), text]) {
      if (value.startsWith('@(') && value.endsWith(')')) yield value.slice(2, -1);
    }
  }
}
