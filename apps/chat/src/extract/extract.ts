/** A file to blocks: the one face of this folder. Meant for a worker (ingest/worker.ts): whatever a file does to a reader, it does there. */
import { BlockList } from './blocks.ts';
import { oneLine } from './clean.ts';
import { decodeText } from './decode.ts';
import { type Extraction, type Front, type MediaType, NO_FRONT, Refusal } from './extraction.ts';
import { EXTRACT_LIMITS, type ExtractLimits } from './limits.ts';
import { endingOf, mediaTypeOf } from './media-type.ts';

interface Head {
  readonly title?: string | null;
  readonly language?: string | null;
  readonly pages?: number;
  readonly front?: Front;
}

/** @param path Of the file as it is indexed; only its last part is looked at. @throws Refusal, and nothing else. */
export async function extract(
  path: string,
  bytes: Uint8Array,
  limits: ExtractLimits = EXTRACT_LIMITS,
): Promise<Extraction> {
  try {
    return await extractOrThrow(path, bytes, limits);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // A stack that ran out is told as such: libraries recurse where we do not.
    if (error instanceof RangeError) throw new Refusal('unsafe', 'nested too deep to be read; flatten it');
    throw new Refusal('damaged', 'cannot be read; open it in the program it comes from and save it anew');
  }
}

async function extractOrThrow(path: string, bytes: Uint8Array, limits: ExtractLimits): Promise<Extraction> {
  if (bytes.length > limits.bytesMax) {
    throw new Refusal('tooLarge', `${bytes.length} bytes, above ${limits.bytesMax}; split the document`);
  }
  const mediaType = mediaTypeOf(path, bytes);
  const to = new BlockList(limits);
  const head = await read(mediaType, { path, bytes, limits }, to);
  if (to.blocks.length === 0) throw new Refusal('noText', 'holds no text');
  const title = head.title ?? titleIn(to) ?? titleFromPath(path);
  return {
    extracted: { title, language: head.language ?? null, pages: head.pages ?? null, blocks: to.blocks },
    mediaType,
    front: head.front ?? NO_FRONT,
    notes: to.notes,
  };
}

interface Given {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly limits: ExtractLimits;
}

/** Libraries are loaded by the first file that needs them. */
async function read(mediaType: MediaType, { path, bytes, limits }: Given, to: BlockList): Promise<Head> {
  switch (mediaType) {
    case 'application/pdf':
      return (await import('./pdf/read.ts')).readPdf(bytes, limits, to);
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
      await (await import('./docx.ts')).readDocx(bytes, limits, to);
      return {};
    case 'text/html':
      return (await import('./html.ts')).readHtml(decodeText(bytes), limits, to);
    case 'text/markdown': {
      const front = (await import('./markdown.ts')).readMarkdown(textOf(bytes, limits), limits, to);
      return { title: front.title, language: front.language, front };
    }
    case 'text/csv':
      (await import('./csv.ts')).readCsv(textOf(bytes, limits), to);
      return {};
    case 'application/json':
      // Its headings are names of fields, never its title.
      return { title: (await import('./json.ts')).readJson(decodeText(bytes), limits, to) ?? titleFromPath(path) };
    case 'text/plain':
      (await import('./plain.ts')).readPlain(textOf(bytes, limits), to);
      return {};
  }
}

/** Of kinds that are mostly text; told before it is parsed. */
function textOf(bytes: Uint8Array, { charsMax }: ExtractLimits): string {
  const text = decodeText(bytes);
  if (text.length <= charsMax) return text;
  throw new Refusal('tooLarge', `${text.length} characters, above ${charsMax}; split the document`);
}

/** Blocks from the beginning among which a title is looked for. */
const TITLE_WITHIN = 5;

/** The highest heading near the beginning. */
function titleIn(to: BlockList): string | null {
  const headings = to.blocks.slice(0, TITLE_WITHIN).filter(({ kind }) => kind === 'heading');
  return headings.toSorted((a, b) => a.level - b.level)[0]?.text ?? null;
}

function titleFromPath(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  const ending = endingOf(name);
  const bare = ending === '' ? name : name.slice(0, -ending.length - 1);
  return oneLine(bare.replace(/[_-]+/g, ' ')) || name;
}
