/** Names that Azure takes for backends, resources and what is made of them: lower case, digits and hyphens; unique among those already given. */

/** With a hyphen and 13 letters behind it, it is still a name for an Azure OpenAI resource, which may have 64. */
const NAME_CHARS_MAX = 45;

function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, NAME_CHARS_MAX).replace(/-+$/, '') || 'x';
}

/** Hands out names. What is named alike after slugging (`gpt-4.1`, `gpt-4-1`) gets a number. */
export class Names {
  readonly #given = new Set<string>();

  take(text: string): string {
    const plain = slug(text);
    let name = plain;
    for (let n = 2; this.#given.has(name); n++) name = `${plain.slice(0, NAME_CHARS_MAX - 6).replace(/-+$/, '')}-${n}`;
    this.#given.add(name);
    return name;
  }
}
