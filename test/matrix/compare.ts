/**
 * Whether a client could tell two answers apart. Ids that the gateway has sealed may differ, and nothing else: each stands where the
 * other's stands, keeps its prefix, and is always the same for the same id. No key is needed to see that.
 */
import type { Answer } from './ask.ts';

/** same: byte for byte. sealed: but for ids. */
export type Likeness = { readonly kind: 'same' | 'sealed' } | { readonly kind: 'different'; readonly how: string };

/** A sealed id, or what stands before sealed contents: prefix, mark, the rest. */
const SEALED = /([a-z]+(?:_[a-z]+)*[-_])swA[\w-]+/g;
const CONTENT = /sealed_swA[\w-]+\./g;
const PLAIN = /^[a-z]+(?:_[a-z]+)*[-_][A-Za-z0-9][\w.-]*/;

/** Of the connection, not of the answer; and the gateway's own, which design §4.7 names. */
const NOT_COMPARED = /^(?:date|connection|keep-alive|transfer-encoding|x-spillway-.*)$/;

/** Counters: not equal where one side was asked something that the other does not have. */
const COUNTED = /^x-ratelimit-(?:remaining|reset)-/;

/** @param asked whether both sides were asked the same all along. */
export function compare(
  direct: Answer | string,
  through: Answer | string,
  asked: 'alike' | 'other' = 'alike',
): Likeness {
  if (typeof direct === 'string' || typeof through === 'string') {
    return direct === through ? { kind: 'same' } : different('answers', told(direct), told(through));
  }
  if (direct.status !== through.status) return different('status', told(direct), told(through));
  if (direct.end !== through.end) return different('end', direct.end, through.end);
  const same = direct.body.equals(through.body);
  const how = headersDiffer(direct, through, same, asked);
  if (how !== null) return how;
  return same ? { kind: 'same' } : compareTexts(direct.body.toString(), through.body.toString());
}

function told(answer: Answer | string): string {
  return typeof answer === 'string' ? answer : `${answer.status} ${answer.body.toString('utf8', 0, 200)}`;
}

function headersDiffer(direct: Answer, through: Answer, sameBody: boolean, asked: 'alike' | 'other'): Likeness | null {
  const names = new Set([...Object.keys(direct.headers), ...Object.keys(through.headers)]);
  for (const name of names) {
    if (NOT_COMPARED.test(name) || (asked === 'other' && COUNTED.test(name))) continue;
    const want = direct.headers[name] ?? 'none';
    const got = through.headers[name] ?? 'none';
    if (name === 'content-length' && !sameBody && mayDiffer(through, got)) continue;
    if (want !== got) return different(`header ${name}`, want, got);
  }
  return null;
}

/** Longer ids make a longer body, whose length Node has checked; of a stream whose ids are sealed as they come none is known. */
function mayDiffer({ headers }: Answer, length: string): boolean {
  return length !== 'none' || headers['content-type']?.startsWith('text/event-stream') === true;
}

/** Walks both at once: what stands between sealed ids is equal. */
export function compareTexts(direct: string, sealed: string): Likeness {
  const text = sealed.replace(CONTENT, '');
  const plainOf = new Map<string, string>();
  let at = 0;
  let from = 0;
  for (const match of text.matchAll(SEALED)) {
    const between = text.slice(from, match.index);
    if (!direct.startsWith(between, at)) return differentAt(direct.slice(at), between);
    at += between.length;
    const plain = PLAIN.exec(direct.slice(at, at + 600))?.[0] ?? '';
    if (!plain.startsWith(match[1] ?? '')) return different('prefix of an id', plain, match[0]);
    if ((plainOf.get(match[0]) ?? plain) !== plain) return different('id', plain, `that of ${plainOf.get(match[0])}`);
    plainOf.set(match[0], plain);
    at += plain.length;
    from = match.index + match[0].length;
  }
  const rest = text.slice(from);
  if (direct.slice(at) !== rest) return differentAt(direct.slice(at), rest);
  if (new Set(plainOf.values()).size !== plainOf.size) return different('ids', 'one for each', 'two for one');
  return { kind: 'sealed' };
}

function different(what: string, want: string, got: string): Likeness {
  return { kind: 'different', how: `${what}: directly ${want}, through the gateway ${got}` };
}

function differentAt(want: string, got: string): Likeness {
  let i = 0;
  while (i < want.length && want[i] === got[i]) i++;
  const from = Math.max(0, i - 60);
  return different('body', `…${want.slice(from, i + 100)}`, `…${got.slice(from, i + 100)}`);
}
