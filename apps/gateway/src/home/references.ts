/**
 * Which ids a request names, who owns them, and how the request reads once each is as its owner knows it. A request for ids of two
 * owners cannot be served by anybody, and is refused; so is one whose owner is gone: never a guess (wire §1.6).
 */
import { type IdSpan, isIdSegment, isStateId, type Replacement, type Target } from '@spillway/protocol';
import { type Body, idsIn } from '../body/body.ts';
import type { Owners } from './owners.ts';
import type { Opened, Seal } from './seal.ts';

export interface Asked {
  readonly target: Target;
  /** To send upstream, without `?`. */
  readonly query: string;
  readonly body: Body;
  /** Whether the body can be looked into: not where it is compressed, or no JSON. */
  readonly readable: boolean;
}

/** The request as its owner is to get it. */
export interface Found {
  readonly kind: 'found';
  /** Name of the only backend that can serve it; null for any. */
  readonly owner: string | null;
  readonly target: Target;
  readonly query: string;
  /** What stands in the body in place of sealed ids, in order. */
  readonly replacements: readonly Replacement[];
  /** Each sealed id by the one in its place, to be put back where the owner repeats it. */
  readonly sealedBy: ReadonlyMap<string, string>;
  /** Ids whose owner nobody knows yet: the owners are asked one after the other. */
  readonly foreign: readonly string[];
  /** Those of them that stand in the path: whoever answers owns them. */
  readonly foreignInPath: readonly string[];
}

export type References =
  | Found
  /** One of them was made up, damaged, or sealed with a key that is not there any more. */
  | { readonly kind: 'broken'; readonly id: string }
  | { readonly kind: 'scattered'; readonly owners: readonly [string, string] };

/** Cheap to look for: every sealed id and every sealed content has it. */
const MARK = Buffer.from('swA');

export function referencesOf(asked: Asked, seal: Seal, owners: Owners): References {
  const reading = new Reading(seal, owners);
  const target = reading.target(asked.target);
  const foreignInPath = [...reading.foreign];
  const query = reading.query(asked.query);
  const replacements = asked.readable ? reading.body(asked.body) : [];
  if (reading.broken !== null) return { kind: 'broken', id: reading.broken };
  const [owner = null, other] = reading.owners;
  if (owner !== null && other !== undefined) return { kind: 'scattered', owners: [owner, other] };
  const { sealedBy, foreign } = reading;
  return { kind: 'found', owner, target, query, replacements, sealedBy, foreign, foreignInPath };
}

/** Whether a body names anything sealed at all: the only question on the way of a plain chat completion. */
export function namesSealed(body: Body): boolean {
  return Buffer.isBuffer(body) ? body.includes(MARK) : body.seen.isMarked;
}

class Reading {
  readonly #seal: Seal;
  readonly #owners: Owners;
  readonly #ownerNames = new Set<string>();
  readonly sealedBy = new Map<string, string>();
  readonly foreign: string[] = [];
  broken: string | null = null;

  constructor(seal: Seal, owners: Owners) {
    this.#seal = seal;
    this.#owners = owners;
  }

  get owners(): readonly string[] {
    return [...this.#ownerNames];
  }

  target(target: Target): Target {
    const operation = target.operation
      .split('/')
      .map((segment, index) => (index > 0 && isIdSegment(segment) ? this.#plain(segment) : segment))
      .join('/');
    return operation === target.operation ? target : { ...target, operation };
  }

  /** Cursors of lists, and whatever else is an id. */
  query(query: string): string {
    if (query === '') return query;
    return query
      .split('&')
      .map((pair) => {
        const equals = pair.indexOf('=');
        const value = pair.slice(equals + 1);
        return equals >= 0 && isStateId(value) ? `${pair.slice(0, equals)}=${this.#plain(value)}` : pair;
      })
      .join('&');
  }

  body(body: Body): readonly Replacement[] {
    return idsIn(body).flatMap((span) => {
      const plain = span.kind === 'id' ? this.#plain(span.text) : this.#plainContent(span);
      return plain === span.text ? [] : [{ start: span.start, end: span.end, bytes: Buffer.from(plain) }];
    });
  }

  #plain(text: string): string {
    return this.#taken(text, this.#seal.open(text));
  }

  #plainContent({ text }: IdSpan): string {
    const opened = this.#seal.openContent(text);
    return opened.kind === 'notSealed' ? text : this.#taken(text, opened);
  }

  #taken(text: string, opened: Opened): string {
    switch (opened.kind) {
      case 'sealed':
        this.#ownerNames.add(opened.owner);
        this.sealedBy.set(opened.id, text);
        return opened.id;
      case 'broken':
        this.broken ??= text;
        return text;
      case 'notSealed': {
        const owner = this.#owners.of(text);
        if (owner !== null) this.#ownerNames.add(owner);
        else this.foreign.push(text);
        return text;
      }
    }
  }
}
