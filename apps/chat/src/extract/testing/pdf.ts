/** PDFs for tests, the same bytes each time. */
/// <reference path="../../../corpus/make/pdfkit.d.ts" />
import PDFDocument from 'pdfkit';

type Pdf = InstanceType<typeof PDFDocument>;

const CREATED = new Date(Date.UTC(2026, 1, 14));

/** @param draw Draws one page, which is there already, or more. @param info As the document tells of itself. */
export function pdfOf(draw: (pdf: Pdf) => void, info: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const parts: Uint8Array[] = [];
  const about = { CreationDate: CREATED, ModDate: CREATED, ...info };
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 60,
    autoFirstPage: false,
    compress: true,
    lang: 'en',
    info: about,
  });
  pdf.on('data', (bytes) => parts.push(bytes));
  pdf.on('end', () => resolve(Buffer.concat(parts)));
  pdf.addPage();
  draw(pdf);
  pdf.end();
  return promise;
}

/** A line at a place of its own, as cells and columns are. From the top left corner, points. */
export function put(pdf: Pdf, text: string, x: number, y: number): void {
  pdf.text(text, x, y, { width: 400 });
}
