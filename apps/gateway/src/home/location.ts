/**
 * Headers that say where something is to be found (RFC 9110 §10.2.2; `operation-location` of image generation, wire §1.2): a backend
 * names itself there. The client gets the path alone, as the gateway serves it, with sealed ids; what cannot be said so is left out.
 */
import type { Backend } from '@spillway/policy';
import { idsInPath } from '@spillway/protocol';
import type { Seal } from './seal.ts';

const NAMES: ReadonlySet<string> = new Set([
  'location',
  'content-location',
  'operation-location',
  'azure-asyncoperation',
]);
/** Lengths of those: most headers are told apart by that alone. */
const LENGTHS: ReadonlySet<number> = new Set([...NAMES].map((name) => name.length));

/**
 * Changes the list in place.
 * @param headers names and values in turn.
 * @param seal null: ids stay as they are.
 */
export function mendLocations(headers: string[], backend: Backend, seal: Seal | null): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    const name = headers[i] ?? '';
    if (!LENGTHS.has(name.length) || !NAMES.has(name.toLowerCase())) continue;
    const place = placeFor(headers[i + 1] ?? '', backend, seal);
    if (place === null) headers.splice(i, 2);
    else headers[i + 1] = place;
  }
}

/** @returns null for a place on the backend that the gateway does not serve, or that is none. */
function placeFor(value: string, { name, url }: Backend, seal: Seal | null): string | null {
  const base = URL.canParse(url) ? new URL(url) : null;
  if (base === null || !URL.canParse(value, url)) return null;
  const place = new URL(value, url);
  // Another machine's: where a file lies, for example.
  if (place.hostname !== base.hostname) return value;
  const basePath = base.pathname === '/' ? '' : base.pathname.replace(/\/$/, '');
  if (!place.pathname.startsWith(`${basePath}/`)) return null;
  const path = place.pathname.slice(basePath.length);
  const ids = seal === null ? [] : idsInPath(path);
  const sealed = (segment: string): string =>
    ids.includes(segment) ? (seal?.seal(segment, name) ?? segment) : segment;
  return path.split('/').map(sealed).join('/') + place.search;
}
