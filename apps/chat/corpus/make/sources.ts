/** Reads what the made documents of the corpus are made from: corpus/sources. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const SOURCES = new URL('../sources/', import.meta.url);

const handbookSchema = z.strictObject({
  title: z.string(),
  pages: z.array(
    z.strictObject({
      heading: z.string().nullable(),
      text: z.array(z.string()),
      continues: z.boolean().default(false),
    }),
  ),
});
const flatSchema = z.strictObject({
  name: z.string(),
  town: z.string(),
  floor: z.string(),
  class: z.enum(['small', 'middle', 'large']),
  sleeps: z.number(),
  bedrooms: z.number(),
  pets: z.enum(['dog', 'none']),
  /** Euros a night, outside and in the season. */
  low: z.number(),
  high: z.number(),
  router: z.string(),
  fuses: z.string(),
  stopcock: z.string(),
  quirks: z.array(z.string()),
});
const leafletBlock = z.union([z.string(), z.strictObject({ heading: z.string() })]);
const leafletSchema = z.strictObject({ title: z.string(), columns: z.array(z.array(leafletBlock)) });
const scannedSchema = z.strictObject({ seed: z.number(), lines: z.number() });
const letterBlock = z.union([
  z.string(),
  z.strictObject({ heading: z.string() }),
  z.strictObject({ subheading: z.string() }),
  z.strictObject({ table: z.array(z.array(z.coerce.string())) }),
]);
const letterSchema = z.strictObject({ title: z.string(), blocks: z.array(letterBlock) });

export type Handbook = z.infer<typeof handbookSchema>;
export type Flat = z.infer<typeof flatSchema>;
export type Leaflet = z.infer<typeof leafletSchema>;
export type Scanned = z.infer<typeof scannedSchema>;
export type Letter = z.infer<typeof letterSchema>;

export const readHandbook = (): Handbook => handbookSchema.parse(yamlOf('handbook'));
export const readFlats = (): readonly Flat[] => z.array(flatSchema).parse(yamlOf('flats'));
export const readLeaflet = (): Leaflet => leafletSchema.parse(yamlOf('leaflet'));
export const readScanned = (): Scanned => scannedSchema.parse(yamlOf('scanned'));
export const readLetter = (name: string): Letter => letterSchema.parse(yamlOf(name));

function yamlOf(name: string): unknown {
  return parse(readFileSync(new URL(`${name}.yaml`, SOURCES), 'utf8'));
}
