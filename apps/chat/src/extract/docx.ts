/** DOCX: looked at as an archive first, then to HTML by mammoth, then as HTML. Pictures and outside files are not read. */
import mammoth from 'mammoth';
import type { BlockList } from './blocks.ts';
import { Refusal } from './extraction.ts';
import { readHtml } from './html.ts';
import type { ExtractLimits } from './limits.ts';
import { refuseDeepXml } from './nesting.ts';
import { checkZip } from './zip.ts';

const OPTIONS = {
  externalFileAccess: false,
  includeEmbeddedStyleMap: false,
  styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
  convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
};

export async function readDocx(bytes: Uint8Array, limits: ExtractLimits, to: BlockList): Promise<void> {
  let isDocument = false;
  checkZip(bytes, limits, (name, content) => {
    isDocument ||= name === 'word/document.xml';
    if (/\.(?:xml|rels)$/i.test(name)) refuseUnsafeXml(content.toString('utf8'), limits);
  });
  if (!isDocument) throw new Refusal('unsupported', 'an archive, but no Word document; save it as .docx');
  readHtml(await htmlOf(bytes), limits, to);
}

/** A document type is what entity bombs are made of; the format has none. Source: ECMA-376-2, §10.1.4 (no DTD). */
function refuseUnsafeXml(xml: string, limits: ExtractLimits): void {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new Refusal('unsafe', 'holds a document type, which Word never writes');
  refuseDeepXml(xml, limits.nestingMax);
}

async function htmlOf(bytes: Uint8Array): Promise<string> {
  try {
    return (await mammoth.convertToHtml({ buffer: Buffer.from(bytes) }, OPTIONS)).value;
  } catch {
    throw new Refusal('damaged', 'Word documents of this kind cannot be read; open it and save it anew');
  }
}
