/** What Markdown says, before it is drawn. Blocks hold their text as it was written; what stands in it is found when they are drawn. */

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'em' | 'strong' | 'del'; readonly inside: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly inside: readonly Inline[] };

export type Align = 'left' | 'center' | 'right' | null;

export interface Item {
  /** Of a list of things to do; null: of another one. */
  readonly isDone: boolean | null;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'paragraph' | 'code'; readonly text: string }
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list';
      /** Number of the first item; null: they have none. */
      readonly start: number | null;
      /** No empty line stands in it: its texts are no paragraphs. */
      readonly isTight: boolean;
      readonly items: readonly Item[];
    }
  | {
      readonly kind: 'table';
      /** Of each column. */
      readonly align: readonly Align[];
      readonly head: readonly string[];
      /** A row may be shorter than the head. */
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'rule' };

/** Addresses that texts name from elsewhere, by label in lower case. */
export type Definitions = ReadonlyMap<string, string>;
