/**
 * What stands within a text of Markdown: code, links, emphasis, line ends. It is gone through from left to right once; whatever looks
 * ahead has a limit or remembers that it found nothing. A picture is its words: the address of one can carry a secret away.
 * Source: CommonMark 0.31.2, section 6; GitHub Flavored Markdown 0.29, section 6.9.
 */
import { ADDRESS_CHARS_MAX, hrefOf } from './addresses.ts';
import { type Delimiter, delimiter, emphasised, type Piece } from './emphasis.ts';
import { decoded } from './entities.ts';
import type { Definitions, Inline } from './nodes.ts';

export function inlineOf(text: string, definitions: Definitions): readonly Inline[] {
  return new Scan(text, definitions).result;
}

interface Bracket {
  /** Pieces before it. */
  readonly at: number;
  /** Of the text behind it. */
  readonly from: number;
  readonly isPicture: boolean;
}

/** In pieces, since it may be cut where an address begins. */
const PLAIN = /[^\\`*_~[\]!<&\n]{1,1000}/y;
const RUN = /`+|\*+|_+|~+/y;
const ESCAPED = /[!-/:-@[-`{-~]/;
const ANGLED = /<(?:([a-z][a-z\d+.-]{1,31}:[^\s<>]*)|([\w.+-]{1,64}@[\w.-]{1,255})|br *\/?)>/iy;
/** Raw HTML stays text, whatever stands in it. */
const TAG = /<(?:\/?[a-z][a-z\d-]{0,30}(?:[\s/][^<>]{0,1000})?|!--[^<>]{0,1000}--)>/iy;
/** What may be an address by itself. It ends before our own marks, and before the full stops of other scripts. */
const BARE =
  /(?:(?<![a-z\d])(?:https?:\/\/|www\.)[^\s<>[\]"`\uE000-\uE003\u3000-\u303F\uFF00-\uFFEF]{1,2000}|(?<![\w.+/-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})/gi;

class Scan {
  readonly result: readonly Inline[];
  readonly #text: string;
  readonly #definitions: Definitions;
  #pieces: Piece[] = [];
  #brackets: Bracket[] = [];
  /** Brackets below hold a link already: links do not stand in links. */
  #closedBrackets = 0;
  /** Where the last run of so many ticks begins. */
  #lastTicks: ReadonlyMap<number, number> | null = null;
  #at = 0;
  /** The next address that stands by itself; null: none follows. */
  #bare: RegExpExecArray | null;

  constructor(text: string, definitions: Definitions) {
    this.#text = text;
    this.#definitions = definitions;
    this.#bare = matchAt(BARE, text, 0);
    while (this.#at < text.length) this.#step();
    this.result = emphasised(this.#pieces);
  }

  #step(): void {
    if (this.#bareLink()) return;
    const plain = this.#match(PLAIN);
    if (plain !== null) return this.#say(this.#upToBare(plain[0]));
    const char = this.#text.charAt(this.#at);
    switch (char) {
      case '\\':
        return this.#escaped();
      case '\n':
        return this.#lineEnd();
      case '`':
        return this.#code();
      case '[':
        return this.#open('[', false);
      case '!':
        return this.#text.startsWith('![', this.#at) ? this.#open('![', true) : this.#say('!');
      case ']':
        return this.#close();
      case '<':
        return this.#angled();
      case '&':
        return this.#entity();
      default:
        return this.#run();
    }
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    return expression.exec(this.#text);
  }

  /** Goes on behind it. */
  #say(written: string, said = written): void {
    this.#at += written.length;
    this.#pieces.push({ kind: 'text', text: said });
  }

  /** The expression for plain text knows nothing of addresses. */
  #upToBare(plain: string): string {
    const next = this.#bare?.index ?? Number.POSITIVE_INFINITY;
    return plain.slice(0, Math.max(1, next - this.#at));
  }

  #bareLink(): boolean {
    if (this.#bare !== null && this.#bare.index < this.#at) this.#bare = matchAt(BARE, this.#text, this.#at);
    const found = this.#bare;
    if (found?.index !== this.#at) return false;
    const address = withoutEnd(found[0]);
    const href = hrefOf(/^(?:https?:)/i.test(address) ? address : schemed(address));
    if (href === null) return false;
    this.#at += address.length;
    this.#pieces.push({ kind: 'link', href, inside: [{ kind: 'text', text: address }] });
    return true;
  }

  #escaped(): void {
    const next = this.#text.charAt(this.#at + 1);
    if (next === '\n') {
      this.#at += 2;
      this.#pieces.push({ kind: 'break' });
    } else if (ESCAPED.test(next)) this.#say(`\\${next}`, next);
    else this.#say('\\');
  }

  /** Two spaces before it make it one that is kept. */
  #lineEnd(): void {
    const last = this.#pieces.at(-1);
    const isKept = this.#text.endsWith('  ', this.#at);
    if (last?.kind === 'text') this.#pieces[this.#pieces.length - 1] = { kind: 'text', text: last.text.trimEnd() };
    this.#at += 1;
    this.#pieces.push(isKept ? { kind: 'break' } : { kind: 'text', text: '\n' });
  }

  #code(): void {
    const ticks = this.#match(RUN)?.[0] ?? '`';
    const from = this.#at + ticks.length;
    const to = this.#ticksBehind(from, ticks.length);
    if (to === null) return this.#say(ticks);
    const inner = this.#text.slice(from, to).replaceAll('\n', ' ');
    const isPadded = inner.startsWith(' ') && inner.endsWith(' ') && inner.trim() !== '';
    this.#pieces.push({ kind: 'code', text: isPadded ? inner.slice(1, -1) : inner });
    this.#at = to + ticks.length;
  }

  #ticksBehind(from: number, length: number): number | null {
    this.#lastTicks ??= new Map([...this.#text.matchAll(/`+/g)].map(({ 0: run, index }) => [run.length, index]));
    if ((this.#lastTicks.get(length) ?? -1) < from) return null;
    const runs = /`+/g;
    runs.lastIndex = from;
    let run = runs.exec(this.#text);
    while (run !== null && run[0].length !== length) run = runs.exec(this.#text);
    return run?.index ?? null;
  }

  #open(written: string, isPicture: boolean): void {
    this.#brackets.push({ at: this.#pieces.length, from: this.#at + written.length, isPicture });
    this.#say(written);
  }

  #close(): void {
    const bracket = this.#brackets.pop();
    const isClosed = this.#brackets.length < this.#closedBrackets;
    this.#closedBrackets = Math.min(this.#closedBrackets, this.#brackets.length);
    if (bracket === undefined || (isClosed && !bracket.isPicture)) return this.#say(']');
    const label = this.#text.slice(bracket.from, Math.min(this.#at, bracket.from + LABEL_CHARS_MAX + 1));
    const found = this.#addressed() ?? this.#referred(label);
    if (found === null) return this.#say(']');
    const inside = emphasised(this.#pieces.slice(bracket.at + 1)).flatMap(unlinked);
    this.#pieces.length = bracket.at;
    this.#at = found.end;
    if (bracket.isPicture) return void this.#pieces.push({ kind: 'text', text: textOf(inside) });
    this.#closedBrackets = this.#brackets.length;
    const href = hrefOf(found.address);
    if (href === null) for (const each of inside) this.#pieces.push(each);
    else this.#pieces.push({ kind: 'link', href, inside });
  }

  /** `](address "title")`; the title is not shown: a link says where it leads. */
  #addressed(): Target | null {
    if (this.#text.charAt(this.#at + 1) !== '(') return null;
    const from = this.#at + 2 + spacesAt(this.#text, this.#at + 2);
    const angled = matchAt(/<([^<>\n]{0,2000})>/y, this.#text, from);
    const end = angled === null ? addressEnd(this.#text, from) : from + angled[0].length;
    if (end === null) return null;
    const title = matchAt(TITLE, this.#text, end);
    const behind = end + (title?.[0].length ?? 0);
    const close = behind + spacesAt(this.#text, behind);
    if (this.#text.charAt(close) !== ')') return null;
    return { address: unescaped(angled?.[1] ?? this.#text.slice(from, end)), end: close + 1 };
  }

  /** `][label]`, `][]` or `]`. */
  #referred(own: string): Target | null {
    if (this.#definitions.size === 0) return null;
    const named = matchAt(/\[([^[\]]{0,200})\]/y, this.#text, this.#at + 1);
    const address = this.#definitions.get((named?.[1] || own).toLowerCase());
    return address === undefined ? null : { address, end: this.#at + 1 + (named?.[0].length ?? 0) };
  }

  #angled(): void {
    const found = this.#match(ANGLED);
    if (found === null) return this.#say(this.#match(TAG)?.[0] ?? '<');
    const [whole, address, mail] = found;
    const written = address ?? mail;
    if (written === undefined) {
      this.#at += whole.length;
      return void this.#pieces.push({ kind: 'break' });
    }
    const href = hrefOf(address ?? `mailto:${written}`);
    if (href === null) return this.#say(whole);
    this.#at += whole.length;
    this.#pieces.push({ kind: 'link', href, inside: [{ kind: 'text', text: written }] });
  }

  #entity(): void {
    const found = decoded(this.#text, this.#at);
    if (found === null) this.#say('&');
    else this.#say(found.written, found.text);
  }

  #run(): void {
    const run = this.#match(RUN)?.[0] ?? this.#text.charAt(this.#at);
    const before = lastCharOf(this.#text.slice(Math.max(0, this.#at - 2), this.#at));
    const after = String.fromCodePoint(...codePoints(this.#text.codePointAt(this.#at + run.length)));
    const found: Delimiter | null = delimiter(run, before, after);
    if (found === null) return this.#say(run);
    this.#at += run.length;
    this.#pieces.push(found);
  }
}

/** UTF-16 units. */
export const LABEL_CHARS_MAX = 200;
const TITLE = /\s{1,9}(?:"[^"]{0,500}"|'[^']{0,500}'|\([^()]{0,500}\))/y;
/** Parentheses in one another within an address. */
export const PARENTHESES_MAX = 32;

interface Target {
  readonly address: string;
  readonly end: number;
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function spacesAt(text: string, at: number): number {
  return matchAt(/\s{0,9}/y, text, at)?.[0].length ?? 0;
}

/** @returns null: it does not end, or not soon enough. */
function addressEnd(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length && at - from <= ADDRESS_CHARS_MAX; at++) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (/\s/.test(char)) return at;
    else if (char === '(' && ++depth > PARENTHESES_MAX) return null;
    else if (char === ')' && depth-- === 0) return at;
  }
  return null;
}

function unescaped(address: string): string {
  return address.replace(
    /\\([!-/:-@[-`{-~])|&[#\w]{1,9};/g,
    (written, char?: string) => char ?? decoded(written, 0)?.text ?? written,
  );
}

/** Marks at the end belong to the sentence, and so does a parenthesis that was opened before. */
function withoutEnd(address: string): string {
  let end = address.length;
  let open = 0;
  for (const char of address) open += char === '(' ? 1 : char === ')' ? -1 : 0;
  for (; end > 0; end--) {
    const last = address.charAt(end - 1);
    if (last === ')' && open < 0) open += 1;
    else if (!/[?!.,:;*_~'|\\]/.test(last)) break;
  }
  return address.slice(0, end);
}

function schemed(address: string): string {
  return /^www\./i.test(address) ? `http://${address}` : `mailto:${address}`;
}

function unlinked(node: Inline): readonly Inline[] {
  if (node.kind === 'link') return node.inside;
  return 'inside' in node ? [{ ...node, inside: node.inside.flatMap(unlinked) }] : [node];
}

function textOf(nodes: readonly Inline[]): string {
  return nodes.map((node) => ('text' in node ? node.text : 'inside' in node ? textOf(node.inside) : ' ')).join('');
}

function lastCharOf(text: string): string {
  return [...text].at(-1) ?? '';
}

function codePoints(point: number | undefined): readonly number[] {
  return point === undefined ? [] : [point];
}
