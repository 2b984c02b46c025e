/**
 * The text of an answer as elements. It knows the parser and the sanitiser, which are the larger part of the widget, and is fetched when
 * somebody asks: a page in which nobody does takes in a button.
 */
import { draw } from '../../client/markdown.ts';
import type { Answer } from '../../client/model/answer.ts';
import { withMarks } from '../../client/model/marks.ts';
import { settled } from '../../client/model/tail.ts';
import type { Say } from './words.ts';

export interface Drawing {
  readonly numbers: ReadonlyMap<string, number>;
  readonly say: Say;
  readonly onCite: (number: number) => void;
}

export function proseOf(answer: Answer, { numbers, say, onCite }: Drawing): DocumentFragment {
  const marked = withMarks(answer, numbers);
  const markdown = answer.status === 'answering' ? settled(marked) : marked;
  const cite = (number: number): Node => citeButton(number, say, () => onCite(number));
  const fragment = draw(markdown, { cite, doubt: say('doubted') });
  for (const wide of fragment.querySelectorAll('.wide')) {
    wide.setAttribute('role', 'region');
    wide.setAttribute('aria-label', say('table'));
  }
  for (const code of fragment.querySelectorAll('pre')) code.tabIndex = 0;
  return fragment;
}

function citeButton(number: number, say: Say, onClick: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'cite';
  button.textContent = `${number}`;
  button.setAttribute('aria-label', say('openSource', { number }));
  button.addEventListener('click', onClick);
  return button;
}
