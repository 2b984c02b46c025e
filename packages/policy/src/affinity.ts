/**
 * Which deployment is likely to hold a prompt's beginning in its cache: the same for the same key, here and on other replicas, without
 * remembering anything, and hardly ever another one when the fleet changes (rendezvous hashing; Thaler and Ravishankar, 1998).
 */

/** @returns 32 bits, unsigned, well mixed (FNV-1a, then murmur3's last steps). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** How near a deployment is to a key: the nearest one is its home. Above 0; larger weights are nearer to more keys. */
export function kinship(key: number, idHash: number, weight: number): number {
  const unit = (mixed(key ^ Math.imul(idHash, 0x9e3779b1)) + 1) / 4_294_967_297;
  return -weight / Math.log(unit);
}

function mixed(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
