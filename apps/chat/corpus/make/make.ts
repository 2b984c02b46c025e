/**
 * Makes the documents of the corpus that nobody writes by hand: `node apps/chat/corpus/make/make.ts`. Its result is committed, so that
 * using the corpus needs none of this; src/eval/corpus.test.ts fails when a source was changed and its document was not made again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { docxOf } from './docx.ts';
import { handbookPdf, leafletPdf, priceListPdf, scannedPdf } from './pdf.ts';
import { type Flat, readFlats, readHandbook, readLeaflet, readLetter, readScanned } from './sources.ts';

/** Bytes by path below corpus/documents. */
export async function makeDocuments(): Promise<ReadonlyMap<string, Uint8Array>> {
  const flats = readFlats();
  return new Map([
    ['caretakers-handbook.pdf', await handbookPdf(readHandbook(), flats)],
    ['price-list-2026.pdf', await priceListPdf(flats)],
    ['leaflet-merrow-bay.pdf', await leafletPdf(readLeaflet())],
    ['scanned-inventory.pdf', await scannedPdf(readScanned())],
    ["O'Hara family - letter of thanks.docx", docxOf(readLetter('oharas-letter'))],
    ['Deposit rules 2025 (replaced).docx', docxOf(readLetter('deposit-rules-2025'))],
    ['flats.csv', Buffer.from(csvOf(flats))],
  ]);
}

/** Area, in square metres, is nowhere else; made from what is known, so that a change of one fact changes one row. */
function csvOf(flats: readonly Flat[]): string {
  const head = 'flat,town,floor,class,bedrooms,sleeps,square metres,pets';
  const rows = flats.map((flat, at) => {
    const { name, town, floor, bedrooms, sleeps, pets } = flat;
    return [name, town, floor, flat.class, bedrooms, sleeps, areaOf(flat, at), pets].join(',');
  });
  return `${[head, ...rows].join('\n')}\n`;
}

/** The smallest has 19, as its page in the handbook says. */
function areaOf({ sleeps, bedrooms }: Flat, at: number): number {
  return sleeps === 1 ? 19 : 16 + bedrooms * 11 + sleeps * 4 + ((at * 7) % 9);
}

if (import.meta.main) {
  const folder = new URL('../documents/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of await makeDocuments()) {
    writeFileSync(`${fileURLToPath(folder)}${name}`, bytes);
    process.stdout.write(`${name}: ${bytes.length} bytes\n`);
  }
}
