/** Who asks: found from a cookie, a key, or a header that a trusted proxy set. */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@spillway/clock';
import { z } from 'zod';
import { type ApiKey, type AuthSettings, plainAddress } from '../settings/auth-settings.ts';
import { listed } from '../settings/sheet.ts';
import type { Reader } from '../store/store.ts';
import { Tickets } from './ticket.ts';

/** Milliseconds. */
export const SESSION_MS = 12 * 60 * 60 * 1_000;
const SESSION = 'session';
const SESSION_COOKIE = 'spillway_chat';
/** In place of the cookie, where a page of another origin asks (`<spillway-chat>`): for visitors alone, never for who signed in. */
export const VISITOR_HEADER = 'x-spillway-visitor';
/** On this machine, where nobody signs in. */
const OWNER = 'local';
/** What the names of those begin with who have none. */
const VISITOR = 'visitor-';

export function isVisitor(user: string | null): user is string {
  return user?.startsWith(VISITOR) === true;
}

/** What a ticket holds. */
const factsSchema = z.object({ user: z.string(), groups: z.array(z.string()), proof: z.string() });
type Facts = Omit<z.infer<typeof factsSchema>, 'proof'>;

export interface Visit {
  readonly header: (lowerName: string) => string | undefined;
  readonly cookie: (name: string) => string | undefined;
  /** Of the connection. */
  readonly address: string;
  /** Whether the browser speaks https: its cookie is then for https alone. */
  readonly isSecure?: boolean;
}

export type Known =
  /** @property setCookie for a visitor that has no name yet; null: nothing to set. */
  | { readonly kind: 'known'; readonly reader: Reader; readonly setCookie: string | null }
  | { readonly kind: 'stranger' };

export class Visitors {
  readonly #settings: AuthSettings;
  readonly #isOwnMachine: boolean;
  readonly #clock: Clock;
  readonly tickets: Tickets;

  /** @param isOwnMachine listens on loopback: without sign-in the one user is the owner. */
  constructor(settings: AuthSettings, isOwnMachine: boolean, clock: Clock) {
    this.#settings = settings;
    this.#isOwnMachine = isOwnMachine;
    this.#clock = clock;
    this.tickets = new Tickets(settings.sessionKey);
  }

  recognise(visit: Visit): Known {
    const key = this.#byKey(visit.header('authorization') ?? '');
    if (key !== null) return known(this.readerOf(key.user, key.groups));
    const { how } = this.#settings;
    if (how.kind === 'none') return this.#withoutSignIn(visit);
    if (how.kind === 'proxy') return this.#byProxy(visit, how);
    const facts = this.#session(visit);
    return facts === null ? { kind: 'stranger' } : known(this.readerOf(facts.user, facts.groups));
  }

  /** The value of `set-cookie` that signs a user in. */
  signIn(facts: Facts, isSecure: boolean): string {
    const untilMs = this.#clock.nowMs() + SESSION_MS;
    const held = { ...facts, proof: this.#proofOf(facts.user) };
    return cookie(SESSION_COOKIE, this.tickets.issue(SESSION, held, untilMs), SESSION_MS, isSecure);
  }

  signOut(isSecure: boolean): string {
    return cookie(SESSION_COOKIE, '', 0, isSecure);
  }

  #session({ cookie: held }: Visit): Facts | null {
    return this.#ticket(held(SESSION_COOKIE));
  }

  #ticket(text = ''): Facts | null {
    const held = this.tickets.read(SESSION, text, factsSchema, this.#clock.nowMs());
    return held === null || held.proof !== this.#proofOf(held.user) ? null : held;
  }

  /**
   * By what somebody came in. With a key that outlives a restart a session would outlive its user, too: one that was taken off the list,
   * or has another password or other groups by now, signs in again; and so does everybody where another way to sign in is set.
   */
  #proofOf(user: string): string {
    const { how } = this.#settings;
    if (how.kind === 'oidc') return `oidc ${how.issuer} ${how.clientId}`;
    if (how.kind !== 'password') return how.kind;
    const entry = how.users.find((each) => each.user === user);
    const known = entry === undefined ? '' : JSON.stringify([entry.hash.reveal(), entry.groups]);
    return `password ${digestOf(known).toString('base64url')}`;
  }

  /** Strangers that may come in have a name of their own each, so that nobody finds another one's conversations. */
  #withoutSignIn(visit: Visit): Known {
    if (this.#isOwnMachine) return known({ user: OWNER, groups: [], isAdmin: true });
    const facts = this.#session(visit) ?? this.#ticket(visit.header(VISITOR_HEADER));
    const user = facts?.user ?? `${VISITOR}${randomUUID()}`;
    const setCookie = facts === null ? this.signIn({ user, groups: [] }, visit.isSecure === true) : null;
    return { kind: 'known', reader: { user, groups: [], isAdmin: false }, setCookie };
  }

  #byProxy({ header, address }: Visit, how: Extract<AuthSettings['how'], { kind: 'proxy' }>): Known {
    const user = how.addresses.includes(plainAddress(address)) ? (header(how.userHeader)?.trim() ?? '') : '';
    if (user === '') return { kind: 'stranger' };
    return known(this.readerOf(user, listed(header(how.groupsHeader) ?? '', /[,;]/)));
  }

  #byKey(authorization: string): ApiKey | null {
    const given = /^Bearer (\S{1,500})$/i.exec(authorization)?.[1];
    if (given === undefined) return null;
    const wanted = digestOf(given);
    // Read with each request: who makes keys while it runs, as `chat eval` does, has them taken at once.
    return this.#settings.apiKeys.find(({ key }) => timingSafeEqual(digestOf(key.reveal()), wanted)) ?? null;
  }

  readerOf(user: string, groups: readonly string[]): Reader {
    const { admins } = this.#settings;
    // Nobody becomes an admin by a name that looks like a group.
    const isNamed = !user.startsWith('group:') && admins.includes(user);
    const isAdmin = isNamed || groups.some((group) => admins.includes(`group:${group}`));
    return { user, groups, isAdmin };
  }
}

function known(reader: Reader): Known {
  return { kind: 'known', reader, setCookie: null };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function cookie(name: string, value: string, ms: number, isSecure: boolean): string {
  const age = Math.floor(ms / 1_000);
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${isSecure ? '; Secure' : ''}`;
}
