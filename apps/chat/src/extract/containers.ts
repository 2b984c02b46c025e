/**
 * How many quotes and lists Markdown's parser opens. When one is closed by a line that does not belong to it, the parser moves all it has
 * read so far: 20,000 quotes of one word were minutes. Counted while it parses, since only then it is known what opens one: items of one
 * list cost nothing of the kind. Refused, not read as plain text: without lists their lines would be one paragraph, which costs more.
 */
import { Refusal } from './extraction.ts';
import type { Construct, Context, Extension } from './micromark.ts';

/** Tokens of the parser. */
const CONTAINERS = new Set<string>(['blockQuote', 'listOrdered', 'listUnordered', 'gfmFootnoteDefinition']);

/**
 * For the parser of one document. Takes nothing itself.
 * @param workMax Events of the parser before each quote and list, together.
 */
export function containerCount(workMax: number): Extension {
  const counted = new WeakSet<object>();
  let opened = 0;
  let work = 0;
  const count: Construct = {
    name: 'containerCount',
    tokenize(_effects, _ok, nok) {
      return (code) => {
        for (const token of openedInLine(this)) {
          if (counted.has(token)) continue;
          counted.add(token);
          opened++;
          work += this.events.length;
        }
        if (work > workMax) throw tooMany(opened);
        return nok(code);
      };
    },
  };
  return { document: { null: count } };
}

/** Since the line before: its content is the last piece that has ended. */
function* openedInLine({ events }: Context): Generator<object> {
  for (let at = events.length - 1; at >= 0; at--) {
    const [kind, token] = events[at] ?? [];
    if (token === undefined || (kind === 'exit' && token.type === 'chunkFlow')) return;
    if (kind === 'enter' && CONTAINERS.has(token.type)) yield token;
  }
}

function tooMany(opened: number): Refusal {
  return new Refusal(
    'tooLarge',
    `${opened} quotes and lists so far, too many for a text this long; split the document`,
  );
}
