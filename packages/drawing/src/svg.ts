/** Writes SVG and HTML as text: elements, attributes, escapes. Whatever comes in as text leaves it as text. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Markup that is done; a plain string is text yet, and is escaped where it goes in. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Markup | string | number | null | readonly Child[];

export function element(name: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  const open = `${name}${attributesText(attributes)}`;
  const inner = children.map(inside).join('');
  return new Markup(inner === '' && !HAS_END.has(name) ? `<${open}/>` : `<${open}>${inner}</${name}>`);
}

/** Elements of HTML that are not closed by a slash, even where they are empty. */
const HAS_END = new Set(['td', 'th', 'div', 'span', 'p', 'script', 'style', 'section', 'figure']);

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(attributeText(value))}"`]))
    .join('');
}

function attributeText(value: string | number): string {
  return typeof value === 'number' ? rounded(value) : value;
}

function inside(child: Child): string {
  if (child === null) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'string' || typeof child === 'number') return escaped(String(child));
  return child.map(inside).join('');
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A tenth of a pixel is finer than any screen shows. */
export function rounded(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}
