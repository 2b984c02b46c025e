/** What libraries carry within them of others, so that no folder of `node_modules` tells of it. */

export interface Carried {
  /** The library that has it inside. */
  readonly within: string;
  readonly name: string;
  /** In the words of SPDX. */
  readonly licence: 'MIT' | 'Apache-2.0';
  readonly holder: string;
}

/** Found by looking for notices in the files that go into the bundle. */
export const CARRIED: readonly Carried[] = [
  { within: 'unpdf', name: 'pdf.js', licence: 'Apache-2.0', holder: 'Mozilla Foundation' },
  { within: 'undici', name: 'llhttp', licence: 'MIT', holder: '2018 Fedor Indutny' },
  {
    within: 'undici',
    name: 'ws (parts)',
    licence: 'MIT',
    holder: '2011 Einar Otto Stangvik, 2013 Arnout Kazemier and contributors, 2016 Luigi Pinca and contributors',
  },
  { within: 'gpt-tokenizer', name: 'tables of tiktoken', licence: 'MIT', holder: '2022 OpenAI, Shantanu Jain' },
];
