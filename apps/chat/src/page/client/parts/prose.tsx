/** The text of an answer: Markdown drawn block by block, so that what stands already does not flicker while more is written. */
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { blocksOf, draw } from '../markdown.ts';
import { type Answer, numbersOf } from '../model/answer.ts';
import { withMarks } from '../model/marks.ts';
import { settled } from '../model/tail.ts';
import { t } from '../state/words.ts';

export interface ProseProps {
  readonly answer: Answer;
  readonly onCite: (number: number) => void;
}

export function Prose({ answer, onCite }: ProseProps) {
  const { text, citations, unsupported, sources, status } = answer;
  const marked = useMemo(() => withMarks(answer, numbersOf(answer)), [text, citations, unsupported, sources]);
  const blocks = useMemo(() => blocksOf(status === 'answering' ? settled(marked) : marked), [marked, status]);
  let isDoubted = false;
  return (
    <div class="prose">
      {blocks.map((markdown, i) => {
        const from = isDoubted;
        isDoubted = goesOn(markdown, isDoubted);
        // Blocks are only ever added to; the place is what they are known by.
        return <Block key={i} markdown={markdown} isDoubted={from} onCite={onCite} />;
      })}
    </div>
  );
}

function goesOn(markdown: string, before: boolean): boolean {
  const [from, to] = [markdown.lastIndexOf('\uE002'), markdown.lastIndexOf('\uE003')];
  return from === to ? before : from > to;
}

interface BlockProps {
  readonly markdown: string;
  readonly isDoubted: boolean;
  readonly onCite: (number: number) => void;
}

function Block({ markdown, isDoubted, onCite }: BlockProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const cite = (number: number): Node => citeButton(number, () => onCite(number));
    place.current?.replaceChildren(draw(markdown, { cite, doubt: t('doubted') }, isDoubted));
    for (const code of place.current?.querySelectorAll('pre') ?? []) addCopy(code);
    for (const wide of place.current?.querySelectorAll('.wide') ?? []) named(wide);
  }, [markdown, isDoubted, onCite]);
  return <div class="block" ref={place} />;
}

function named(wide: Element): void {
  wide.setAttribute('role', 'region');
  wide.setAttribute('aria-label', t('table'));
}

function citeButton(number: number, onClick: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'cite';
  button.textContent = `${number}`;
  button.setAttribute('aria-label', t('openSource', { number }));
  button.addEventListener('click', onClick);
  return button;
}

function addCopy(code: HTMLPreElement): void {
  code.tabIndex = 0;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = t('copy');
  const text = code.textContent ?? '';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = t('copied');
  });
  code.append(button);
}
