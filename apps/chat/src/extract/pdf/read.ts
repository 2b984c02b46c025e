/** PDF by pdf.js, page by page: text with its place. Nothing is drawn, no script runs, no font and no file is loaded from elsewhere. */
import { getDocumentProxy } from 'unpdf';
import type { BlockList } from '../blocks.ts';
import { oneLine } from '../clean.ts';
import { Refusal } from '../extraction.ts';
import type { ExtractLimits } from '../limits.ts';
import { addPages } from './blocks.ts';
import type { Item, Page } from './page.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

export interface PdfHead {
  readonly title: string | null;
  readonly language: string | null;
  readonly pages: number;
}

const QUIET = 0;

export async function readPdf(bytes: Uint8Array, limits: ExtractLimits, to: BlockList): Promise<PdfHead> {
  const pdf = await opened(bytes);
  try {
    if (pdf.numPages > limits.pagesMax) {
      throw new Refusal('tooLarge', `${pdf.numPages} pages, above ${limits.pagesMax}; split the document`);
    }
    const pages = await pagesOf(pdf, limits);
    noteEmpty(pages, to);
    addPages(pages, to);
    return { ...(await headOf(pdf)), pages: pdf.numPages };
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function opened(bytes: Uint8Array): Promise<Pdf> {
  try {
    return await getDocumentProxy(Uint8Array.from(bytes), {
      verbosity: QUIET,
      disableFontFace: true,
      useSystemFonts: false,
      useWorkerFetch: false,
      enableXfa: false,
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'PasswordException') throw new Refusal('encrypted', 'protected by a password; save it without one');
    throw new Refusal('damaged', 'the PDF is damaged; print it to a new PDF');
  }
}

async function pagesOf(pdf: Pdf, limits: ExtractLimits): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let chars = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pageOf(pdf, number, limits, chars);
    chars += page.items.reduce((sum, { text }) => sum + text.length, 0);
    pages.push(page);
  }
  return pages;
}

/** @param before characters of the pages before it. */
async function pageOf(pdf: Pdf, number: number, limits: ExtractLimits, before: number): Promise<Page> {
  try {
    const page = await pdf.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    const items = await itemsOf(page.streamTextContent(), limits, before);
    page.cleanup();
    return { number, width, height, items };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('damaged', `page ${number} of the PDF is damaged; print it to a new PDF`);
  }
}

/**
 * Piece by piece: a page of a few bytes can draw without end what it calls, and what that calls. A stream that is left in the middle is
 * not cancelled, which pdf.js answers with an error that nobody can catch; nor is it left standing, for which the end of its document waits.
 */
async function itemsOf(
  pieces: ReadableStream<unknown>,
  limits: ExtractLimits,
  before: number,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const reader = pieces.getReader();
  for (let chars = before; ; ) {
    const { done, value } = await reader.read();
    if (done) return items;
    for (const raw of rawItemsOf(value)) {
      // Blanks count as well: they cost as much.
      chars += Math.max(1, raw.str.length);
      items.push(...itemOf(raw));
    }
    if (chars <= limits.charsMax) continue;
    void drained(reader);
    throw new Refusal('tooLarge', `more than ${limits.charsMax} characters of text; split the document`);
  }
}

/** Ends soon: the document is being closed, which stops what fills the stream. */
async function drained(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // Closed: as it should.
  }
}

function rawItemsOf(piece: unknown): readonly RawItem[] {
  const items: unknown = typeof piece === 'object' && piece !== null ? Reflect.get(piece, 'items') : null;
  return Array.isArray(items) ? items.filter((item): item is RawItem => 'str' in item) : [];
}

interface RawItem {
  readonly str: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly fontName: string;
}

/** The matrix of the text: its third and fourth number tell the size, the last two the place. Source: ISO 32000-1, §9.4.4. */
function itemOf({ str, transform, width, fontName }: RawItem): readonly Item[] {
  const [, , c = 0, d = 0, x = 0, y = 0] = transform;
  return str.trim() === '' ? [] : [{ text: str, x, y, width, size: Math.hypot(c, d), font: fontName }];
}

/** A page that is a picture looks like any other to people: they are told that nothing on it is found. */
function noteEmpty(pages: readonly Page[], to: BlockList): void {
  const empty = pages.filter(({ items }) => items.length === 0).map(({ number }) => number);
  if (empty.length === 0) return;
  if (empty.length === pages.length) {
    throw new Refusal('noText', 'no page has text, as after scanning; run text recognition over it first');
  }
  const shown = empty.slice(0, 10).join(', ') + (empty.length > 10 ? ` and ${empty.length - 10} more` : '');
  to.note(`without text, as after scanning: page ${shown}`);
}

async function headOf(pdf: Pdf): Promise<Omit<PdfHead, 'pages'>> {
  try {
    const info: unknown = (await pdf.getMetadata()).info;
    return { title: textOf(info, 'Title'), language: textOf(info, 'Language') };
  } catch {
    return { title: null, language: null };
  }
}

function textOf(info: unknown, key: string): string | null {
  const value: unknown = typeof info === 'object' && info !== null ? Reflect.get(info, key) : null;
  const text = typeof value === 'string' ? oneLine(value) : '';
  return text === '' || /^untitled\b|\.(?:docx?|indd|tex)$/i.test(text) ? null : text;
}
