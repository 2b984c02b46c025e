/** Forms as clients send files (`multipart/form-data`), taken apart. Source: RFC 7578. */
import type { IncomingMessage } from 'node:http';
import type { FormPart } from '@spillway/azure-model';

/** Of one form; Azure's operations take about ten. */
export const PARTS_MAX = 1_000;

/**
 * Calls `done` once with the parts, in the same turn where the body is no form; with null for a form that is broken, or has too many parts.
 * @param bytes of the whole body; null where it was too large.
 */
export function withForm(
  request: IncomingMessage,
  bytes: Buffer | null,
  done: (form: readonly FormPart[] | null) => void,
): void {
  const type = request.headers['content-type'] ?? '';
  if (bytes === null || !/^multipart\/form-data\b/i.test(type)) {
    done(null);
    return;
  }
  partsOf(bytes, type).then(done, () => done(null));
}

async function partsOf(bytes: Buffer, type: string): Promise<readonly FormPart[] | null> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const entries = [...form.entries()];
  if (entries.length > PARTS_MAX) return null;
  return Promise.all(entries.map(([name, value]) => partOf(name, value)));
}

async function partOf(name: string, value: string | File): Promise<FormPart> {
  if (typeof value === 'string') {
    return { name, filename: null, contentType: null, bytes: Buffer.from(value), text: () => value };
  }
  const bytes = Buffer.from(await value.arrayBuffer());
  const contentType = value.type === '' ? null : value.type;
  return { name, filename: value.name, contentType, bytes, text: () => bytes.toString('utf8') };
}
