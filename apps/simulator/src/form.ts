/** Forms as clients send files (`multipart/form-data`), taken apart. Source: RFC 7578. */
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { FormPart } from '@spillway/azure-model';

/** Of one form; Azure's operations take about ten. */
export const PARTS_MAX = 1_000;

/**
 * Calls `done` once with the parts, in the same turn where the body is no form; with null for a form that is broken, or has too many parts.
 * (Node's own `Response.formData` refuses boundaries of fewer than 27 characters, which clients do send.)
 * @param bytes of the whole body; null where it was too large.
 */
export function withForm(
  request: IncomingMessage,
  bytes: Buffer | null,
  done: (form: readonly FormPart[] | null) => void,
): void {
  const type = request.headers['content-type'] ?? '';
  if (bytes === null || !/^multipart\/form-data\s*;/i.test(type)) {
    done(null);
    return;
  }
  new FormReading(type, done).read(bytes);
}

class FormReading {
  readonly #type: string;
  readonly #done: (form: readonly FormPart[] | null) => void;
  readonly #parts: FormPart[] = [];
  #over = false;

  constructor(type: string, done: (form: readonly FormPart[] | null) => void) {
    this.#type = type;
    this.#done = done;
  }

  /** The whole body is there, and bounded by then; so no field of it needs a bound of its own. */
  read(bytes: Buffer): void {
    const limits = { parts: PARTS_MAX, fieldSize: bytes.length, headerPairs: HEADERS_MAX };
    let busboy: BusboyInstance;
    try {
      busboy = new Busboy({ headers: { 'content-type': this.#type }, limits });
    } catch {
      // No boundary, or one that is none.
      return this.#end(null);
    }
    const broken = (): void => this.#end(null);
    busboy.on('file', (name, stream, filename, _encoding, contentType) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', broken);
      stream.on('end', () => this.#add(name, plainName(filename), contentType, Buffer.concat(chunks)));
    });
    busboy.on('field', (name, value) => this.#add(name, null, null, Buffer.from(value)));
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) busboy.on(limit, broken);
    busboy.on('error', broken);
    busboy.on('finish', () => this.#end(this.#parts));
    busboy.end(bytes);
    // All of it happens in ticks of this turn. Of some broken forms (a large part without a disposition) it says nothing, ever.
    setImmediate(broken);
  }

  /** @param name its types promise one, but a part may come without. */
  #add(name: string | undefined, filename: string | null, contentType: string | null, bytes: Buffer): void {
    if (name !== undefined) this.#parts.push(partOf(name, filename, contentType, bytes));
  }

  #end(form: readonly FormPart[] | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#done(form);
  }
}

/** Of one part. */
const HEADERS_MAX = 20;

const ESCAPED: Readonly<Record<string, string>> = { '%22': '"', '%0A': '\n', '%0D': '\r' };

/** Quotes and line ends in a name come escaped (WHATWG HTML, multipart/form-data encoding algorithm). */
function plainName(filename: string | undefined): string | null {
  return filename?.replace(/%22|%0[AD]/gi, (written) => ESCAPED[written.toUpperCase()] ?? written) ?? null;
}

function partOf(name: string, filename: string | null, contentType: string | null, bytes: Buffer): FormPart {
  return { name, filename, contentType, bytes, text: () => bytes.toString('utf8') };
}
