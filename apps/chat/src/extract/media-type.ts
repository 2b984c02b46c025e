/** What a file is: its name says, its content has to agree. Content wins over nothing; a contradiction is refused, never guessed at. */
import { type MediaType, Refusal } from './extraction.ts';

const DOCX: MediaType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const BY_ENDING: Readonly<Record<string, MediaType>> = {
  pdf: 'application/pdf',
  docx: DOCX,
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
  md: 'text/markdown',
  markdown: 'text/markdown',
  txt: 'text/plain',
  text: 'text/plain',
  csv: 'text/csv',
  tsv: 'text/csv',
  json: 'application/json',
};

export const SUPPORTED_ENDINGS: readonly string[] = Object.keys(BY_ENDING);

export function endingOf(path: string): string {
  return /\.([^./\\]{1,16})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** Without a look inside: may a file of this name be one of ours? */
export function isSupportedName(path: string): boolean {
  return Object.hasOwn(BY_ENDING, endingOf(path));
}

export function mediaTypeOf(path: string, bytes: Uint8Array): MediaType {
  const named = BY_ENDING[endingOf(path)] ?? null;
  const seen = signatureOf(bytes);
  if (named === null) return seen === 'pdf' ? 'application/pdf' : unsupported(path);
  const isBinary = named === 'application/pdf' || named === DOCX;
  if (isBinary ? seen !== (named === DOCX ? 'zip' : 'pdf') : seen !== 'text') {
    throw new Refusal('unsupported', contradiction(path, seen));
  }
  return named;
}

type Signature = 'pdf' | 'zip' | 'cfb' | 'binary' | 'text';

/** A PDF may have some bytes before its mark. Source: ISO 32000-1, annex H, note 13: within the first 1,024 bytes. */
const PDF_MARK_WITHIN = 1_024;

function signatureOf(bytes: Uint8Array): Signature {
  if (startsWith(bytes, [0x50, 0x4b, 3, 4])) return 'zip';
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) return 'cfb';
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_MARK_WITHIN));
  if (head.includes('%PDF-'))
    return isUtf16(bytes) || (head.indexOf('%PDF-') > 0 && !head.includes(0)) ? textOrPdf(head) : 'pdf';
  return !isUtf16(bytes) && head.includes(0) ? 'binary' : 'text';
}

/** A text may speak of `%PDF-`; a file that is one has the mark at the start of a line. */
function textOrPdf(head: Buffer): Signature {
  const at = head.indexOf('%PDF-');
  const before = head[at - 1];
  return before === 0x0a || before === 0x0d ? 'pdf' : 'text';
}

function isUtf16(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]);
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

const SEEN: Readonly<Record<Signature, string>> = {
  pdf: 'a PDF',
  zip: 'a ZIP archive',
  cfb: 'an older or password-protected Office file; save it as .docx without a password',
  binary: 'binary data',
  text: 'text',
};

function contradiction(path: string, seen: Signature): string {
  return `its name ends in .${endingOf(path)}, its content is ${SEEN[seen]}; give it the ending that fits`;
}

function unsupported(path: string): never {
  const ending = endingOf(path);
  const name = ending === '' ? 'a name without ending' : `.${ending}`;
  throw new Refusal('unsupported', `${name} is not read; supported: ${SUPPORTED_ENDINGS.join(', ')}`);
}
