/** What Markdown's parser calls its parts; micromark's own package of types is not ours to depend on. */
import type { Data } from 'unified';

export type Extension = NonNullable<Data['micromarkExtensions']>[number];
export type Construct = Extract<NonNullable<NonNullable<Extension['text']>[string]>, { readonly tokenize: unknown }>;
export type State = ReturnType<Construct['tokenize']>;
export type Context = ThisParameterType<Construct['tokenize']>;
