/**
 * The text of an answer as elements. It knows the parser of Markdown, and is fetched when somebody asks: a page in which nobody does
 * takes in a button.
 */
import type { ComponentChild } from 'preact';
import { draw, type Look, parsed } from '../../client/markdown.ts';
import type { Answer } from '../../client/model/answer.ts';
import { doubtedAfter, withMarks, withoutMarks } from '../../client/model/marks.ts';
import { settled } from '../../client/model/tail.ts';

/** @param numbers of labels. */
export function proseOf(answer: Answer, numbers: ReadonlyMap<string, number>, look: Look): ComponentChild[] {
  const marked = withMarks(answer, numbers);
  const { blocks, definitions, rest } = parsed(answer.status === 'answering' ? settled(marked) : marked);
  let isDoubted = false;
  const drawn: ComponentChild[] = blocks.map(({ block, raw }) => {
    const from = isDoubted;
    isDoubted = doubtedAfter(raw, isDoubted);
    return draw({ block, definitions, isDoubted: from }, look);
  });
  return [...drawn, withoutMarks(rest)];
}
