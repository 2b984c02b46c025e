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
  return weight / octavesBelow(mixed(key ^ Math.imul(idHash, 0x9e3779b1)));
}

/**
 * How many times a number of 32 bits is to be doubled to reach the largest: 0 (not quite) to 32. A logarithm to three digits, enough for
 * shares to be right; in plain arithmetic, so that it is the same on every machine, and a fifth of the time of an exact one.
 */
function octavesBelow(bits: number): number {
  const odd = bits | 1;
  const zeros = Math.clz32(odd);
  // The number without its leading zeros is 1 to 2 times the half of the largest.
  const x = ((odd << zeros) >>> 0) / 2_147_483_648 - 1;
  const log2 = x * (1.442_66 + x * (-0.720_21 + x * (0.442_92 + x * (-0.226_93 + x * 0.061_56))));
  return Math.max(1e-9, zeros + 1 - log2);
}

function mixed(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
