/**
 * Text that only the resource which made it can read again: thoughts of a model, and conversations that were compacted (wire §1.6 no. 3).
 * In the form of Azure's, a version, a time, a nonce, the content and a check, in base64url. It guards nothing: cipher and check are
 * made of 32-bit hashes. It only notices, as Azure does, what another resource made and what was changed on the way.
 */
import { base64, textOfBase64Url } from '../base64.ts';
import { parsedJson } from '../json.ts';
import { hashText, mix32 } from '../text.ts';

/** Bytes. */
const HEAD = 9;
const NONCE = 16;
const CHECK = 32;
const VERSION = 0x80;

export class Seal {
  readonly #secret: number;

  /** @param secret differs from resource to resource. 32 bits. */
  constructor(secret: number) {
    this.#secret = secret;
  }

  /** @param content anything that JSON can say. */
  seal(content: unknown, nowMs: number): string {
    const plain = asciiJson(content);
    const seconds = Math.floor(nowMs / 1000) >>> 0;
    const head = String.fromCharCode(VERSION, 0, 0, 0, 0) + bytesOf([seconds]);
    const nonce = this.#hashes(head + plain, NONCE);
    const text = head + nonce + this.#veiled(plain, nonce);
    return base64Url(text + this.#hashes(text, CHECK));
  }

  /** @returns what was sealed; undefined where this resource did not seal it like that. */
  open(sealed: string): unknown {
    const bytes = textOfBase64Url(sealed);
    if (bytes === null || bytes.length < HEAD + NONCE + CHECK) return undefined;
    const text = bytes.slice(0, -CHECK);
    if (this.#hashes(text, CHECK) !== bytes.slice(-CHECK)) return undefined;
    return parsedJson(this.#veiled(text.slice(HEAD + NONCE), text.slice(HEAD, HEAD + NONCE)));
  }

  /** So many bytes that depend on all of the text. */
  #hashes(text: string, bytes: number): string {
    const words: number[] = [];
    for (let i = 0; i < bytes / 4; i++) words.push(mix32(hashText(text, mix32(this.#secret + i)) ^ this.#secret));
    return bytesOf(words);
  }

  /** The same function veils and unveils. */
  #veiled(text: string, nonce: string): string {
    const from = hashText(nonce, mix32(this.#secret));
    const characters: string[] = [];
    for (let i = 0; i < text.length; i++) {
      characters.push(String.fromCharCode(text.charCodeAt(i) ^ (mix32(from + i) & 0xff)));
    }
    return characters.join('');
  }
}

function bytesOf(words: readonly number[]): string {
  return words
    .map((word) => String.fromCharCode(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff))
    .join('');
}

/** A byte for each character: the others are escaped. */
function asciiJson(content: unknown): string {
  return JSON.stringify(content).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function base64Url(text: string): string {
  return base64(Uint8Array.from(text, (character) => character.charCodeAt(0)))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
