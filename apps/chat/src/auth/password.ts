/** Passwords as hashes of scrypt: `scrypt:SALT:HASH`, both base64url. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 MB and some 50 ms for each try. Source: OWASP Password Storage Cheat Sheet, scrypt with N = 2^15, r = 8. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

export async function hashOf(password: string, salt = randomBytes(SALT_BYTES)): Promise<string> {
  return `scrypt:${salt.toString('base64url')}:${(await derived(password, salt)).toString('base64url')}`;
}

/** @param hash null for a user that there is not: takes as long, so that names cannot be found out. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [, salt = '', wanted = ''] = (hash ?? NOBODY).split(':');
  const given = await derived(password, Buffer.from(salt, 'base64url'));
  const kept = Buffer.from(wanted, 'base64url');
  return hash !== null && kept.length === given.length && timingSafeEqual(kept, given);
}

const NOBODY = 'scrypt:AAAAAAAAAAAAAAAAAAAAAA:AA';

function derived(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
