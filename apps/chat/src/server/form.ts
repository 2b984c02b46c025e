/** A file with its fields, as forms send it. Parsing one runs on the thread that answers everybody: what would take long is not begun. */
import type { Ctx } from './context.ts';

/** A file, and some fields beside it. */
const PARTS_MAX = 20;
/** What a part says of itself before its content. Bytes. */
const PART_HEAD_BYTES_MAX = 16 * 1024;
/** Source: RFC 2046, §5.1.1. */
const BOUNDARY_CHARS_MAX = 70;

/** null: the body is no `multipart/form-data`, or has more parts, or longer heads of them, than anybody's form. */
export async function formOf(c: Ctx): Promise<FormData | null> {
  const type = c.req.header('content-type') ?? '';
  const found = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(type);
  const boundary = found?.[1] ?? found?.[2] ?? '';
  if (boundary === '' || boundary.length > BOUNDARY_CHARS_MAX) return null;
  try {
    const bytes = await c.req.arrayBuffer();
    if (!isModest(Buffer.from(bytes), boundary)) return null;
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch {
    return null;
  }
}

function isModest(body: Buffer, boundary: string): boolean {
  const delimiter = `--${boundary}`;
  let at = body.indexOf(delimiter);
  for (let parts = 0; at !== -1 && parts <= PARTS_MAX; parts++) {
    const begin = at + delimiter.length;
    if (body.toString('latin1', begin, begin + 2) === '--') return true;
    const head = body.indexOf('\r\n\r\n', begin);
    if (head === -1 || head - begin > PART_HEAD_BYTES_MAX) return false;
    const next = body.indexOf(`\r\n${delimiter}`, head + 2);
    at = next === -1 ? -1 : next + 2;
  }
  return false;
}
