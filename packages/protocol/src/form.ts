/**
 * Looks into a `multipart/form-data` body without taking it apart: where the value of a plain field stands, so that it can be read or
 * replaced and every other byte stays. Source: RFC 7578, RFC 2046 §5.1; wire reference §1.2 (audio and images are forms).
 */
import type { Span } from './body.ts';

/** Longest that RFC 2046 §5.1.1 allows. */
const BOUNDARY_CHARS_MAX = 70;
/** Of the headers of one part. Bytes. */
export const PART_HEAD_BYTES_MAX = 4_096;
/** Parts that are looked at; Azure's forms have about ten. */
export const PARTS_MAX = 1_000;

/** @param contentType of the request. @returns null where it names no boundary, or one that is none. */
export function boundaryOf(contentType: string | undefined): string | null {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) return null;
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))(?:\s*;|\s*$)/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2] ?? '';
  return boundary === '' || boundary.length > BOUNDARY_CHARS_MAX ? null : boundary;
}

export interface FormFacts {
  /** The value of each part named `model`, in order, without quotes; empty where there is none. */
  readonly model: readonly Span[];
  readonly stream: boolean;
  /** Where a further part can be put: before the first boundary. */
  readonly start: number;
}

const CR = 0x0d;
const LF = 0x0a;

/** @returns null where the body is no form with that boundary; the backend's parser then gives the verdict. */
export function scanForm(bytes: Uint8Array, boundary: string): FormFacts | null {
  const mark = markOf(boundary);
  const model: Span[] = [];
  let stream = false;
  let at = indexOf(bytes, mark, 0);
  const start = at;
  if (start < 0) return null;
  for (let part = 0; part < PARTS_MAX; part++) {
    const line = at + mark.length;
    if (isLast(bytes, line)) return { model, stream, start };
    const head = endOfLine(bytes, line);
    const body = head < 0 ? -1 : endOfHead(bytes, head);
    if (body < 0) return null;
    at = indexOf(bytes, mark, body);
    if (at < 0) return null;
    const name = fieldName(bytes, head, body);
    const value = { start: body, end: Math.max(body, beforeLineEnd(bytes, at)) };
    if (name === 'model') model.push(value);
    else if (name === 'stream') stream = textOf(bytes, value.start, value.end) === 'true';
  }
  return null;
}

/** A part named `model`, to be put before the first one. */
export function modelPart(boundary: string, model: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n`;
}

/** @returns '' where the part is a file, or its head names none. */
export function fieldName(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > PART_HEAD_BYTES_MAX) return '';
  const head = textOf(bytes, start, end);
  const disposition = /^content-disposition:([^\r\n]*)/im.exec(head)?.[1] ?? '';
  if (/;\s*filename\*?=/i.test(disposition)) return '';
  const match = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition);
  return match?.[1] ?? match?.[2] ?? '';
}

/** Index after the line that begins at `from`, or -1. */
export function endOfLine(bytes: Uint8Array, from: number): number {
  const lf = bytes.indexOf(LF, from);
  return lf < 0 ? -1 : lf + 1;
}

/** Index after the blank line that ends a head, or -1. */
export function endOfHead(bytes: Uint8Array, from: number): number {
  for (let line = from; ; ) {
    const end = endOfLine(bytes, line);
    if (end < 0 || end - from > PART_HEAD_BYTES_MAX) return -1;
    if (end - line === 1 || (end - line === 2 && bytes[line] === CR)) return end;
    line = end;
  }
}

export function beforeLineEnd(bytes: Uint8Array, at: number): number {
  const lf = bytes[at - 1] === LF ? at - 1 : at;
  return lf < at && bytes[lf - 1] === CR ? lf - 1 : lf;
}

export function indexOf(bytes: Uint8Array, mark: Uint8Array, from: number): number {
  const first = mark[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < mark.length && bytes[at + i] === mark[i]) i++;
    if (i === mark.length) return at;
  }
  return -1;
}

/** What stands before each part. */
export function markOf(boundary: string): Uint8Array {
  return Uint8Array.from(`--${boundary}`, (character) => character.charCodeAt(0) & 0x7f);
}

/** Whether the mark that ends before `line` is the last one. */
export function isLast(bytes: Uint8Array, line: number): boolean {
  return bytes[line] === 0x2d && bytes[line + 1] === 0x2d;
}

export function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < Math.min(end, start + PART_HEAD_BYTES_MAX); i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}
