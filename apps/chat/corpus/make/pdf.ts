/** The four PDFs of the corpus. The same bytes each time on one machine: no clock, no dice; deflate alone may differ between machines. */
import PDFDocument from 'pdfkit';
import type { Flat, Handbook, Leaflet, Scanned } from './sources.ts';

const MADE_AT = new Date(Date.UTC(2026, 1, 14, 9, 0, 0));
/** A5 in points. */
const PAGE: readonly [number, number] = [420, 595];
const MARGIN = 48;
const BODY_POINTS = 10.5;

type Draw = (pdf: PDFDocument) => void;

export function handbookPdf({ title, pages }: Handbook, flats: readonly Flat[]): Promise<Uint8Array> {
  return pdfOf(title, (pdf) => {
    let number = 0;
    const turn = () => {
      number += 1;
      pdf.addPage();
      footer(pdf, `${title} · ${number}`);
    };
    for (const { heading, text } of pages) {
      turn();
      if (heading !== null) headline(pdf, heading, number === 1 ? 20 : 15);
      for (const one of text) paragraph(pdf, one);
    }
    for (const flat of flats) {
      turn();
      headline(pdf, `12. ${flat.name}`, 15);
      for (const one of flatText(flat)) paragraph(pdf, one);
    }
  });
}

function flatText(flat: Flat): readonly string[] {
  const { name, town, floor, sleeps, bedrooms, pets, router, fuses, stopcock, quirks } = flat;
  const animals = pets === 'dog' ? 'Dogs are welcome; two blankets lie in the chest.' : 'It is kept free of animals.';
  return [
    `${name} in ${town}: ${floor}, ${bedrooms} ${bedrooms === 1 ? 'bedroom' : 'bedrooms'}, sleeps ${sleeps}. ${animals}`,
    `The router of ${name} is ${router}. Its fuses are ${fuses}.`,
    `To close the water of ${name}: ${stopcock}.`,
    ...quirks,
  ];
}

export function priceListPdf(flats: readonly Flat[]): Promise<Uint8Array> {
  return pdfOf('Price list 2026', (pdf) => {
    for (const town of new Set(flats.map((flat) => flat.town))) {
      pdf.addPage();
      headline(pdf, `Price list 2026: ${town}`, 15);
      paragraph(
        pdf,
        'Euros a night, cleaning and town tax not included. High season is from 15 June to 31 August; in Skarn also from 20 December to 15 March.',
      );
      const rows = flats.filter((flat) => flat.town === town);
      table(pdf, [
        ['flat', 'sleeps', 'low', 'high'],
        ...rows.map(({ name, sleeps, low, high }) => [name, String(sleeps), String(low), String(high)]),
      ]);
    }
    pdf.addPage();
    headline(pdf, 'Extras', 15);
    table(pdf, EXTRAS);
  });
}

/** Some of these numbers are nowhere else in the corpus. */
const EXTRAS: readonly (readonly string[])[] = [
  ['what', 'unit', 'euros'],
  ['baby package', 'stay', '17'],
  ['early groceries', 'order', '6.50'],
  ['beach umbrella', 'day', '3.20'],
  ['sledge', 'day', '4.80'],
  ['kayak, two seats', 'half day', '27'],
  ['electric grill, yard', 'evening', '5'],
  ['parking, Skarn garage', 'night', '8.90'],
  ['extra mattress', 'night', '11'],
];

export function leafletPdf({ title, columns }: Leaflet): Promise<Uint8Array> {
  return pdfOf(title, (pdf) => {
    pdf.addPage();
    headline(pdf, title, 18);
    const top = pdf.y;
    const width = (PAGE[0] - 2 * MARGIN - 24) / 2;
    columns.forEach((blocks, at) => {
      pdf.y = top;
      const x = MARGIN + at * (width + 24);
      for (const block of blocks) {
        const isText = typeof block === 'string';
        pdf.font(isText ? 'Helvetica' : 'Helvetica-Bold').fontSize(isText ? 9.5 : 12);
        pdf.text(isText ? block : block.heading, x, pdf.y, { width, lineGap: 2, paragraphGap: 8 });
      }
    });
  });
}

/** Handwriting that says nothing: strokes alone, as a scanner's picture holds no text. */
export function scannedPdf({ seed, lines }: Scanned): Promise<Uint8Array> {
  return pdfOf('Scan', (pdf) => {
    const unit = unitOf(seed);
    pdf.addPage().rect(0, 0, PAGE[0], PAGE[1]).fill('#f4f1e8').lineWidth(1.1);
    for (let line = 0; line < lines; line += 1) {
      const y = 60 + line * 18;
      for (let x = 50 + unit() * 8; x < 340; x += 9 + unit() * 10) {
        pdf.moveTo(x, y + unit() * 5).quadraticCurveTo(x + unit() * 9, y - 9 * unit(), x + 6, y + unit() * 6);
      }
    }
    pdf.stroke('#2a2d45');
  });
}

/** A linear congruential generator: dice that fall the same each time. */
function unitOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 32) * 100) / 100;
  };
}

function headline(pdf: PDFDocument, text: string, points: number): void {
  pdf
    .font('Helvetica-Bold')
    .fontSize(points)
    .text(text, MARGIN, pdf.y, { width: PAGE[0] - 2 * MARGIN });
  pdf.moveDown(0.6);
}

function paragraph(pdf: PDFDocument, text: string): void {
  pdf.font('Helvetica').fontSize(BODY_POINTS);
  pdf.text(text, MARGIN, pdf.y, { width: PAGE[0] - 2 * MARGIN, lineGap: 3, paragraphGap: 9 });
}

/** Above the bottom margin, or pdfkit would turn the page for it. */
function footer(pdf: PDFDocument, text: string): void {
  pdf
    .font('Helvetica')
    .fontSize(8)
    .text(text, MARGIN, PAGE[1] - MARGIN - 12, { align: 'center', width: PAGE[0] - 2 * MARGIN });
  pdf.y = MARGIN;
}

function table(pdf: PDFDocument, rows: readonly (readonly string[])[]): void {
  const width = (PAGE[0] - 2 * MARGIN - 100) / Math.max(1, (rows[0]?.length ?? 1) - 1);
  rows.forEach((cells, row) => {
    const y = pdf.y + 4;
    pdf.font(row === 0 ? 'Helvetica-Bold' : 'Helvetica').fontSize(BODY_POINTS);
    cells.forEach((cell, column) => {
      pdf.text(cell, MARGIN + (column === 0 ? 0 : 100 + 20 + (column - 1) * width), y, {
        width: column === 0 ? 118 : width,
      });
    });
    pdf
      .moveTo(MARGIN, pdf.y + 1)
      .lineTo(PAGE[0] - MARGIN, pdf.y + 1)
      .lineWidth(0.4)
      .stroke('#999999');
  });
}

function pdfOf(title: string, draw: Draw): Promise<Uint8Array> {
  const info = {
    Title: title,
    Author: 'Aster Lane Stays',
    Producer: 'corpus',
    Creator: 'corpus',
    CreationDate: MADE_AT,
    ModDate: MADE_AT,
  };
  const pdf = new PDFDocument({ size: PAGE, margin: MARGIN, autoFirstPage: false, compress: true, lang: 'en', info });
  const parts: Uint8Array[] = [];
  return new Promise((resolve) => {
    pdf.on('data', (bytes) => parts.push(bytes)).on('end', () => resolve(Buffer.concat(parts)));
    draw(pdf);
    pdf.end();
  });
}
