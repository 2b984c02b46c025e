/**
 * The verdicts of a content filter that does not hold the text back: events of their own, without `delta`, with the stretch that they
 * are about, counted in characters from the start of the prompt. Source: wire reference §5.2.
 */
import type { Choice } from '../answer/choice.ts';
import { ANSWER_HIT, ANSWER_SAFE } from './filter.ts';

/** Characters that one verdict is about. Azure gives one within about 1,000. */
const STRETCH_CHARS = 400;

export interface Annotations {
  /** Events by the number of the token that they follow. */
  readonly after: ReadonlyMap<number, string>;
  /** Follows the end of the choice; where the filter struck, it is that end. */
  readonly last: string;
}

export function annotationsOf(choice: Choice, index: number, promptChars: number): Annotations {
  const after = new Map<number, string>();
  let from = promptChars;
  let to = promptChars;
  for (let i = 0; i < choice.tokens.length; i++) {
    to += choice.tokens[i]?.length ?? 0;
    if (to - from < STRETCH_CHARS) continue;
    after.set(i, annotation({ index, finish: 'null', results: ANSWER_SAFE, from, to }));
    from = to;
  }
  const struck = choice.finish === 'content_filter';
  const results = struck ? ANSWER_HIT : ANSWER_SAFE;
  return { after, last: annotation({ index, finish: struck ? '"content_filter"' : 'null', results, from, to }) };
}

interface Annotated {
  readonly index: number;
  /** JSON texts. */
  readonly finish: string;
  readonly results: string;
  /** First character that it is about, and the first that it is not about. */
  readonly from: number;
  readonly to: number;
}

function annotation({ index, finish, results, from, to }: Annotated): string {
  const offsets = `{"check_offset":${from},"start_offset":${from},"end_offset":${to}}`;
  return `data: {"id":"","object":"","created":0,"model":"","choices":[{"index":${index},"finish_reason":${finish},"content_filter_results":${results},"content_filter_offsets":${offsets}}],"usage":null}\n\n`;
}
