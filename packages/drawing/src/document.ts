/** A page as one HTML file: no script, nothing from elsewhere, so it can be mailed, kept and printed. */
import { escaped, type Markup } from './svg.ts';

export interface Page {
  readonly title: string;
  /** The one style sheet. */
  readonly style: string;
  /** SHA-256 of the style sheet, in base64: by it alone the page's own policy lets it in. */
  readonly styleHash: string;
  readonly body: readonly Markup[];
}

export function documentOf({ title, style, styleHash, body }: Page): string {
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    `<body>${body.map(({ text }) => text).join('\n')}</body>`,
    '</html>',
    '',
  ].join('\n');
}
