/** PDFs for tests, the same bytes each time. */
/// <reference path="../../../corpus/make/pdfkit.d.ts" />
import PDFDocument from 'pdfkit';

type Pdf = InstanceType<typeof PDFDocument>;

const CREATED = new Date(Date.UTC(2026, 1, 14));

type Options = ConstructorParameters<typeof PDFDocument>[0];
export type Protection = Pick<Options, 'userPassword' | 'ownerPassword' | 'pdfVersion'>;

/** @param draw Draws one page, which is there already, or more. @param info As the document tells of itself. */
export function pdfOf(
  draw: (pdf: Pdf) => void,
  info: Readonly<Record<string, string>> = {},
  protection: Protection = {},
): Promise<Uint8Array> {
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
    ...protection,
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

/** A PDF written by hand, object after object; the first one is its catalogue. Source: ISO 32000-1, §7.5. */
export function rawPdfOf(objects: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const places: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const [i, object] of objects.entries()) {
    places.push(length);
    const part = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
  }
  const lines = places.map((place) => `${String(place).padStart(10, '0')} 00000 n `);
  const table = ['xref', `0 ${objects.length + 1}`, '0000000000 65535 f ', ...lines].join('\n');
  const end = `${table}\ntrailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF`;
  return Buffer.concat([...parts, Buffer.from(end)]);
}

export function rawStream(dictionary: string, data: Buffer | string): Buffer {
  const head = `<< ${dictionary} /Length ${Buffer.byteLength(data)} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(data), Buffer.from('\nendstream')]);
}
