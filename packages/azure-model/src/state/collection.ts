/**
 * One kind of stored object with the usual five paths: make, list, show, change, delete; at the top, or below an object of another kind.
 * What a kind has of its own is told in its `CollectionSpec`.
 */
import { isRecord } from '@spillway/protocol';
import type { Ids } from '../ids.ts';
import type { Premises, ServiceCall } from '../service.ts';
import { secondsAt } from './expiry.ts';
import { type ListingRules, pageOf } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, type Handler, type PathTable } from './paths.ts';
import { isRefusal, notFoundWithId, type Refusal, storeFull, wrongField } from './refusals.ts';
import { Shelf } from './shelf.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object as it is kept. */
export interface Thing {
  readonly id: string;
  readonly kind: string;
  /** Id of what it belongs to; null: of nothing. */
  readonly parent: string | null;
  /** Milliseconds since 1970. Not there for anybody before that. */
  readonly createdMs: number;
  /** As shown, besides id, object and created_at. */
  readonly fields: Fields;
  /** What is not shown. */
  readonly hidden: Fields;
}

/** A new object: `hidden` is kept, not shown. */
export interface NewThing {
  readonly fields: Fields;
  readonly hidden?: Fields;
  readonly bytes?: Uint8Array | null;
}

export interface CollectionSpec {
  /** `thread.message`: names the kind in the store, and `object` of what is shown. */
  readonly object: string;
  /** As refusals name it: `message`. */
  readonly what: string;
  readonly idOf: (ids: Ids) => string;
  readonly listing?: ListingRules;
  readonly read: (fields: Fields, call: ServiceCall, parent: string | null) => NewThing | Refusal;
  /** What is wrong with fields that were given, where an object is made and where it is changed. */
  readonly check?: (fields: Fields) => Refusal | null;
  /** Fields that a change may set. Default `metadata`. */
  readonly changeable?: readonly string[];
  /** Fields that follow from the time, or from elsewhere. */
  readonly derive?: (thing: Thing, nowMs: number) => Fields;
  /** Where the answer to a deletion names the id otherwise: `eval_id`. */
  readonly deletedId?: string;
}

const KIND_PREFIX = 'family.';

export class Collection {
  readonly #spec: CollectionSpec;
  readonly #shelf: Shelf<Thing>;
  readonly #ids: Ids;
  readonly #parent: Collection | null;
  readonly #children: Collection[] = [];

  constructor({ store, ids }: Pick<Premises, 'store' | 'ids'>, spec: CollectionSpec, parent: Collection | null = null) {
    const kind = `${KIND_PREFIX}${spec.object}`;
    const isThing = (value: unknown): value is Thing =>
      isRecord(value) && value.kind === kind && isRecord(value.fields);
    this.#spec = spec;
    this.#shelf = new Shelf(store, kind, isThing);
    this.#ids = ids;
    this.#parent = parent;
    if (parent !== null) parent.#children.push(this);
  }

  /** @param path `assistants`, or `threads/{}/messages` of a kind below another. */
  table(path: string): PathTable {
    const below = this.#parent !== null;
    const parentOf = (first: string): string | null => (below ? first : null);
    const own: Handler = (call, first, second) => this.found(below ? second : first, parentOf(first), call.nowMs);
    const withOwn =
      (then: (call: ServiceCall, thing: Thing) => object): Handler =>
      (call, first, second, third) => {
        const thing = own(call, first, second, third);
        return this.#isThing(thing) ? then(call, thing) : thing;
      };
    return {
      [`POST ${path}`]: (call, first) => this.#create(call, parentOf(first)),
      [`GET ${path}`]: (call, first) => this.#list(call, parentOf(first)),
      [`GET ${path}/{}`]: withOwn(({ nowMs }, thing) => this.shown(thing, nowMs)),
      [`POST ${path}/{}`]: withOwn((call, thing) => this.#change(call, thing)),
      [`DELETE ${path}/{}`]: withOwn((_call, thing) => this.#delete(thing)),
    };
  }

  #isThing(value: object): value is Thing {
    return !isRefusal(value);
  }

  /** Keeps a new one. @param atMs since when it is there. */
  add({ fields, hidden = {}, bytes = null }: NewThing, parent: string | null, atMs: number): Thing | Refusal {
    const kind = `${KIND_PREFIX}${this.#spec.object}`;
    const id = this.#shelf.freshId(() => this.#spec.idOf(this.#ids));
    const thing: Thing = { id, kind, parent, createdMs: atMs, fields, hidden };
    return this.#shelf.put(thing, atMs, { bytes }) === 'kept' ? thing : this.#full();
  }

  #full(): Refusal {
    return storeFull(`objects of the kind ${this.#spec.object}`);
  }

  /** @returns the refusal where there is none, or it belongs to another parent. */
  found(id: string, parent: string | null, nowMs: number): Thing | Refusal {
    const absent = this.parentProblem(parent, nowMs);
    if (absent !== null) return absent;
    const thing = this.#shelf.get(id);
    if (thing === null || thing.parent !== parent || thing.createdMs > nowMs)
      return notFoundWithId(this.#spec.what, id);
    return thing;
  }

  parentProblem(parent: string | null, nowMs: number): Refusal | null {
    if (parent === null || this.#parent === null) return null;
    const found = this.#parent.found(parent, null, nowMs);
    return isRefusal(found) ? found : null;
  }

  /** Of that parent, oldest first. */
  all(parent: string | null, nowMs: number): readonly Thing[] {
    return this.#shelf.list().filter((thing) => thing.parent === parent && thing.createdMs <= nowMs);
  }

  replace(thing: Thing, nowMs: number): Thing {
    this.#shelf.put(thing, nowMs);
    return thing;
  }

  remove(id: string): void {
    this.#shelf.remove(id);
    for (const child of this.#children) {
      for (const thing of child.#shelf.list()) if (thing.parent === id) child.remove(thing.id);
    }
  }

  bytes(id: string): Uint8Array {
    return this.#shelf.bytes(id) ?? new Uint8Array();
  }

  shown(thing: Thing, nowMs: number): Fields & { readonly id: string } {
    const { id, createdMs, fields } = thing;
    const derived = this.#spec.derive?.(thing, nowMs) ?? {};
    return { id, object: this.#spec.object, created_at: secondsAt(createdMs), ...fields, ...derived };
  }

  #create(call: ServiceCall, parent: string | null): object {
    const absent = this.parentProblem(parent, call.nowMs);
    if (absent !== null) return absent;
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const problem = this.#spec.check?.(fields) ?? null;
    if (problem !== null) return problem;
    const asked = this.#spec.read(fields, call, parent);
    if (isRefusal(asked)) return asked;
    const thing = this.add(asked, parent, call.nowMs);
    return isRefusal(thing) ? thing : this.shown(thing, call.nowMs);
  }

  #list({ query, nowMs }: ServiceCall, parent: string | null): object {
    const absent = this.parentProblem(parent, nowMs);
    if (absent !== null) return absent;
    const page = pageOf(this.all(parent, nowMs), query, this.#spec.listing);
    return isRefusal(page) ? page : { ...page, data: page.data.map((thing) => this.shown(thing, nowMs)) };
  }

  #change(call: ServiceCall, thing: Thing): object {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const problem = this.#spec.check?.(fields) ?? null;
    if (problem !== null) return problem;
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    const wanted = (this.#spec.changeable ?? ['metadata']).filter((name) => fields[name] !== undefined);
    const changes = Object.fromEntries(wanted.map((name) => [name, fields[name]]));
    const changed = { ...thing, fields: { ...thing.fields, ...changes } };
    const outcome = this.#shelf.put(changed, call.nowMs);
    return outcome === 'kept' ? this.shown(changed, call.nowMs) : this.#full();
  }

  #delete({ id }: Thing): object {
    this.remove(id);
    const { deletedId = 'id', object } = this.#spec;
    return { [deletedId]: id, object: `${object}.deleted`, deleted: true };
  }
}

/** Refuses what is given and is no text, or one of more characters than its name allows. */
export function textsProblem(fields: Fields, charsMax: Readonly<Record<string, number>>): Refusal | null {
  for (const [name, max] of Object.entries(charsMax)) {
    const value = fields[name] ?? '';
    if (typeof value === 'string' && value.length <= max) continue;
    return wrongField(name, `it must be a text of at most ${max} characters`);
  }
  return null;
}

/** A text that must be given. */
export function requiredText(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Those of the names that were given, and the defaults for the rest. */
export function given(fields: Fields, defaults: Fields): Fields {
  return Object.fromEntries(Object.entries(defaults).map(([name, usual]) => [name, fields[name] ?? usual]));
}
