/** An issuer of tokens on a loopback port, for tests: it signs what it is told to, and its documents can fail. */
import { createServer, type Server } from 'node:http';
import type { TestContext } from 'node:test';
import type { SignInEntry } from '@spillway/config';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: Parameters<SignJWT['sign']>[0];
  readonly jwk: JWK;
}

export const AUDIENCE = 'api://spillway';
export const TENANT = '11111111-1111-4111-8111-111111111111';

export class TestIssuer {
  readonly url: string;
  /** Paths that were asked for, in turn. */
  readonly asked: string[];
  readonly #published: JWK[];
  readonly #documents: { fail: number | null; text: string | null };
  readonly #keys: SigningKey[] = [];

  constructor(parts: {
    readonly url: string;
    readonly asked: string[];
    readonly published: JWK[];
    readonly documents: { fail: number | null; text: string | null };
  }) {
    this.url = parts.url;
    this.asked = parts.asked;
    this.#published = parts.published;
    this.#documents = parts.documents;
  }

  /** All documents are answered with this status; null: as they are. */
  fail(status: number | null): void {
    this.#documents.fail = status;
  }

  /** All documents are this text; null: as they are. */
  say(text: string | null): void {
    this.#documents.text = text;
  }

  /** From now on tokens are signed with another key. `publish` false: nobody is told. */
  async rollOver(publish = true): Promise<void> {
    const kid = `key-${this.#keys.length + 1}`;
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
    this.#keys.push({ kid, privateKey, jwk });
    if (publish) this.#published.push(jwk);
  }

  /** @param claims beside, or in place of, those of a good token of five minutes. */
  sign(nowMs: number, claims: JWTPayload = {}): Promise<string> {
    const key = this.#keys.at(-1);
    if (key === undefined) throw new Error('no key');
    const second = Math.floor(nowMs / 1000);
    const common = { iss: this.url, aud: AUDIENCE, iat: second, nbf: second, exp: second + 300, sub: 'someone' };
    return new SignJWT({ ...common, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .sign(key.privateKey);
  }

  entry(more: Partial<SignInEntry> = {}): SignInEntry {
    return {
      client: 'people',
      from: { kind: 'issuer', issuer: this.url, jwksUrl: null },
      audiences: [AUDIENCE],
      azureTokens: false,
      applications: null,
      principals: null,
      roles: null,
      clockSkewSeconds: 60,
      ...more,
    };
  }
}

export async function testIssuer(t: TestContext): Promise<TestIssuer> {
  const asked: string[] = [];
  const published: JWK[] = [];
  const documents: { fail: number | null; text: string | null } = { fail: null, text: null };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const url = `http://${request.headers.host}`;
    const said = path === '/keys' ? { keys: published } : { issuer: url, jwks_uri: `${url}/keys` };
    response.writeHead(documents.fail ?? 200, { connection: 'close' });
    response.end(documents.text ?? JSON.stringify(said));
  });
  const port = await listening(server);
  t.after(() => server.close());
  const issuer = new TestIssuer({ url: `http://127.0.0.1:${port}`, asked, published, documents });
  await issuer.rollOver();
  return issuer;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
