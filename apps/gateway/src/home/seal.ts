/**
 * Writes the owner of an id into the id that the client gets, so that any replica with the same key finds the way home without a
 * database (ADR 13). Authenticated: a client can neither make one up nor learn where its state lives. The same id is sealed the same
 * way each time, so that a list and an answer agree.
 *
 *     resp_  swA  base64url( key number 2 | nonce 12 | name length 1, owner's name, rest of the id | tag 16 )
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { idPrefix } from '@spillway/protocol';

/** Tells a sealed id; another layout gets another letter. */
const MARK = 'swA';
const KEY_NUMBER_BYTES = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = KEY_NUMBER_BYTES + NONCE_BYTES;
/** A longer one is no id of a gateway's. Characters. */
const SEALED_CHARS_MAX = 1_024;
/** Number, nonce, name's length, one byte each of name and rest, tag, in base64: a shorter text only happens to begin so. Characters. */
const SEALED_CHARS_MIN = Math.ceil(((HEAD_BYTES + 3 + TAG_BYTES) * 4) / 3);
/** Of an owner's name. Bytes. */
const NAME_BYTES_MAX = 255;
/** Stands between the seal and contents that only their owner can read, which are base64. */
const CONTENT_MARK = '.';
const CONTENT_PREFIX = 'sealed_';

export interface Sealed {
  /** Name of the backend. */
  readonly owner: string;
  /** As its owner knows it. */
  readonly id: string;
}

/** notSealed: as a resource writes it. broken: it looks sealed and no key opens it: made up, damaged, or sealed with a key that is gone. */
export type Opened =
  | (Sealed & { readonly kind: 'sealed' })
  | { readonly kind: 'notSealed' }
  | { readonly kind: 'broken' };

interface Key {
  readonly number: Buffer;
  readonly cipher: Buffer;
  readonly nonce: Buffer;
}

const NOT_SEALED: Opened = { kind: 'notSealed' };
const BROKEN: Opened = { kind: 'broken' };

export class Seal {
  readonly #keys: readonly Key[];

  /** @param keys the first one seals, all open; none: one is drawn, and what it seals is lost with the process. */
  constructor(keys: readonly string[]) {
    this.#keys = (keys.length === 0 ? [randomBytes(32).toString('hex')] : keys).map(keyOf);
  }

  /** @param id as its owner wrote it. */
  seal(id: string, owner: string): string {
    const prefix = idPrefix(id);
    return prefix + MARK + this.#closed(prefix, owner, id.slice(prefix.length));
  }

  open(text: string): Opened {
    const prefix = idPrefix(text);
    if (!text.startsWith(MARK, prefix.length) || text.length > SEALED_CHARS_MAX) return NOT_SEALED;
    if (text.length - prefix.length - MARK.length < SEALED_CHARS_MIN) return NOT_SEALED;
    const opened = this.#opened(prefix, text.slice(prefix.length + MARK.length));
    if (opened === null) return BROKEN;
    return { kind: 'sealed', owner: opened.owner, id: prefix + opened.rest };
  }

  /** Contents that only their owner can read: the owner stands before them, and they stay as they are. */
  sealContent(content: string, owner: string): string {
    return CONTENT_PREFIX + MARK + this.#closed(CONTENT_PREFIX, owner, '') + CONTENT_MARK + content;
  }

  openContent(text: string): Opened {
    if (!text.startsWith(CONTENT_PREFIX + MARK)) return NOT_SEALED;
    const mark = text.indexOf(CONTENT_MARK);
    if (mark < 0 || mark > SEALED_CHARS_MAX) return BROKEN;
    const opened = this.#opened(CONTENT_PREFIX, text.slice(CONTENT_PREFIX.length + MARK.length, mark));
    return opened === null ? BROKEN : { kind: 'sealed', owner: opened.owner, id: text.slice(mark + 1) };
  }

  #closed(prefix: string, owner: string, rest: string): string {
    const [key] = this.#keys;
    const name = Buffer.from(owner);
    if (key === undefined || name.length > NAME_BYTES_MAX) throw new RangeError(`seal: the name ${owner} is too long`);
    const plain = Buffer.concat([Buffer.from([name.length]), name, Buffer.from(rest)]);
    // Drawn from what is sealed: the same id gives the same text, and two texts never share a nonce.
    const nonce = createHmac('sha256', key.nonce)
      .update(prefix)
      .update('\0')
      .update(plain)
      .digest()
      .subarray(0, NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key.cipher, nonce).setAAD(Buffer.from(prefix));
    const closed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([key.number, nonce, closed, cipher.getAuthTag()]).toString('base64url');
  }

  #opened(prefix: string, text: string): { readonly owner: string; readonly rest: string } | null {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= HEAD_BYTES + TAG_BYTES) return null;
    const key = this.#keys.find(({ number }) => number.equals(bytes.subarray(0, KEY_NUMBER_BYTES)));
    const plain = key === undefined ? null : decrypted(key, prefix, bytes);
    if (plain === null) return null;
    const nameEnd = 1 + (plain[0] ?? 0);
    return { owner: plain.toString('utf8', 1, nameEnd), rest: plain.toString('utf8', nameEnd) };
  }
}

function decrypted(key: Key, prefix: string, bytes: Buffer): Buffer | null {
  const nonce = bytes.subarray(KEY_NUMBER_BYTES, HEAD_BYTES);
  const cipher = createDecipheriv('aes-256-gcm', key.cipher, nonce).setAAD(Buffer.from(prefix));
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([cipher.update(bytes.subarray(HEAD_BYTES, bytes.length - TAG_BYTES)), cipher.final()]);
  } catch {
    return null;
  }
}

/** Three values from one text, none of which tells another (RFC 5869). */
function keyOf(text: string): Key {
  const derived = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', text, '', `spillway ${purpose}`, bytes));
  return {
    number: derived('seal key number', KEY_NUMBER_BYTES),
    cipher: derived('seal cipher', 32),
    nonce: derived('seal nonce', 32),
  };
}
