/**
 * The simulated Entra ID: it signs tokens, verifies its own, and refuses on demand. HTTP is for the door (entra-door.ts); who there is
 * and what they may do, for the directory.
 */
import type { TokenJudge, TokenVerdict } from '@spillway/azure-model';
import { parsedJson } from '@spillway/azure-model';
import type { Clock } from '@spillway/clock';
import { isRecord } from '@spillway/protocol';
import { isAzure } from './audience.ts';
import { Directory } from './directory.ts';
import type { IdentityPlan, PlannedPrincipal } from './identity-options.ts';
import { SigningKey } from './signing-key.ts';

/** 401: the credential has expired. 429, 503: not now. */
export type RefusedWith = 401 | 429 | 503;

/** `left` requests for tokens are still to be refused; Infinity stands for all. */
export interface Refusing {
  readonly left: number;
  readonly status: RefusedWith;
}

/** For whom a token is. */
export interface Grant {
  readonly principal: PlannedPrincipal;
  readonly audience: string;
  /** Of the endpoint: `https://127.0.0.1:9000`. */
  readonly origin: string;
  /** 1: a secret; 2: something signed, or a managed identity. */
  readonly proof: '1' | '2';
}

export interface GivenToken {
  readonly token: string;
  /** Milliseconds since 1970, in whole seconds. */
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** A token that is born expired has been so for this long. Seconds. */
const EXPIRED_SECONDS = 60;

export class Entra implements TokenJudge {
  readonly plan: IdentityPlan;
  readonly directory: Directory;
  readonly key = new SigningKey();
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** Of the last token. */
  #serial = 0;
  /** Tokens up to this one are good no more. */
  #withdrawn = 0;
  #refusing: Refusing = { left: 0, status: 401 };
  #refused = 0;
  #bornExpired = 0;

  constructor(plan: IdentityPlan, clock: Pick<Clock, 'nowMs'>) {
    this.plan = plan;
    this.directory = new Directory(plan);
    this.#clock = clock;
  }

  /** Of the simulated clock, as everything that a token says. */
  nowMs(): number {
    return this.#clock.nowMs();
  }

  get state() {
    const { left, status } = this.#refusing;
    return {
      tokens: this.#serial,
      refused: this.#refused,
      refusing: left === 0 ? null : { left: Number.isFinite(left) ? left : null, status },
      bornExpired: this.#bornExpired,
    };
  }

  /** The next requests for tokens; none where `left` is 0. */
  refuse(refusing: Refusing): void {
    this.#refusing = refusing;
  }

  /** The next tokens are expired when they come, though the answer says otherwise. */
  bearExpired(times: number): void {
    this.#bornExpired = times;
  }

  /** Every token there is; new ones are good. */
  expireAll(): void {
    this.#withdrawn = this.#serial;
  }

  /** To be asked once for each request for a token. @returns null where it is to be answered. */
  takeRefusal(): RefusedWith | null {
    const { left, status } = this.#refusing;
    if (left <= 0) return null;
    this.#refusing = { left: left - 1, status };
    this.#refused++;
    return status;
  }

  async grant({ principal, audience, origin, proof }: Grant): Promise<GivenToken> {
    this.#serial++;
    const { tenantId, tokenSeconds } = this.plan;
    const { clientId, objectId } = principal;
    const iat = Math.floor(this.nowMs() / 1000);
    const expired = this.#bornExpired > 0;
    if (expired) this.#bornExpired--;
    const roles = this.directory.rolesOf(objectId);
    const claims = {
      aud: audience,
      iat: expired ? iat - tokenSeconds - EXPIRED_SECONDS : iat,
      nbf: expired ? iat - tokenSeconds - EXPIRED_SECONDS : iat,
      exp: expired ? iat - EXPIRED_SECONDS : iat + tokenSeconds,
      idtyp: 'app',
      oid: objectId,
      ...(roles.length === 0 ? {} : { roles: [...roles] }),
      sub: objectId,
      tid: tenantId,
      uti: String(this.#serial),
    };
    const version = isAzure(audience)
      ? { iss: `https://sts.windows.net/${tenantId}/`, appid: clientId, appidacr: proof, ver: '1.0' }
      : { iss: `${origin}/${tenantId}/v2.0`, azp: clientId, azpacr: proof, ver: '2.0' };
    const token = await this.key.sign({ ...claims, ...version });
    return { token, issuedMs: iat * 1000, expiresMs: (iat + tokenSeconds) * 1000 };
  }

  /** A token of this directory is one that its key has signed; audience and expiry are for whoever asks. */
  verdictOn(token: string): TokenVerdict {
    const [header, claims] = token.split('.', 2).map(decoded);
    if (!isRecord(header) || !isRecord(claims)) return REFUSED;
    if (!this.key.isNamedBy(header)) {
      const pretends = isOf(this.plan, claims);
      return pretends || this.plan.foreignTokens === 'refuse' ? REFUSED : { kind: 'foreign' };
    }
    if (!this.key.verifies(token) || Number(claims.uti) <= this.#withdrawn) return REFUSED;
    const principal = typeof claims.oid === 'string' ? this.directory.principal(claims.oid) : null;
    return principal === null ? REFUSED : { kind: 'principal', principal };
  }
}

/** Whether a token says that it comes from here. */
function isOf({ tenantId }: IdentityPlan, { tid, iss }: Readonly<Record<string, unknown>>): boolean {
  const own = tenantId.toLowerCase();
  const names = (claim: unknown): boolean => typeof claim === 'string' && claim.toLowerCase().split('/').includes(own);
  return names(tid) || names(iss);
}

const REFUSED: TokenVerdict = { kind: 'refused' };

function decoded(part: string): unknown {
  return parsedJson(Buffer.from(part, 'base64url').toString('utf8'));
}
