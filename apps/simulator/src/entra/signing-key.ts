/** The key that tokens are signed with: made when the first one is asked for, and gone with the process. */
import { createPublicKey, generateKeyPair, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';

/** As Entra ID signs. */
const ALGORITHM = 'RS256';
const MODULUS_BITS = 2048;

interface Made {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK & { readonly kid: string };
}

export class SigningKey {
  #making: Promise<Made> | null = null;
  #made: Made | null = null;

  /** As a set of keys has it (RFC 7517 §4). */
  async jwk(): Promise<JWK> {
    return (await this.#key()).jwk;
  }

  async sign(claims: JWTPayload): Promise<string> {
    const { privateKey, jwk } = await this.#key();
    const header = { typ: 'JWT', alg: ALGORITHM, x5t: jwk.kid, kid: jwk.kid };
    return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  }

  /** Whether the header names this key, whatever the signature. */
  isNamedBy(header: Readonly<Record<string, unknown>>): boolean {
    return this.#made !== null && header.kid === this.#made.jwk.kid;
  }

  /** @param token three parts. */
  verifies(token: string): boolean {
    const end = token.lastIndexOf('.');
    if (this.#made === null || end < 0) return false;
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    return verify('RSA-SHA256', Buffer.from(token.slice(0, end)), this.#made.publicKey, signature);
  }

  #key(): Promise<Made> {
    this.#making ??= make().then((made) => {
      this.#made = made;
      return made;
    });
    return this.#making;
  }
}

async function make(): Promise<Made> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey, jwk: { ...jwk, kid, x5t: kid, use: 'sig', alg: ALGORITHM } };
}
