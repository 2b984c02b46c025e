/** The text of an answer: Markdown drawn block by block, so that what stands already does not flicker while more is written. */
import { signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { type Answer, numbersOf } from '../model/answer.ts';
import { withMarks, withoutMarks } from '../model/marks.ts';
import { settled } from '../model/tail.ts';
import { t } from '../state/words.ts';

export interface ProseProps {
  readonly answer: Answer;
  readonly onCite: (number: number) => void;
}

type Markdown = typeof import('../markdown.ts');

/** Its script is half of all: it comes once the page stands. `missing`: text is shown as it was written. */
const markdown = signal<Markdown | 'coming' | 'missing'>('coming');

export async function loadMarkdown(): Promise<void> {
  markdown.value = await import('../markdown.ts').catch(() => 'missing' as const);
}

export function Prose({ answer, onCite }: ProseProps) {
  const { text, citations, unsupported, sources, status } = answer;
  const marked = useMemo(() => withMarks(answer, numbersOf(answer)), [text, citations, unsupported, sources]);
  const whole = status === 'answering' ? settled(marked) : marked;
  switch (markdown.value) {
    case 'coming':
      return null;
    case 'missing':
      return <p class="prose unmade">{withoutMarks(whole)}</p>;
    default:
      return <Made by={markdown.value} text={whole} onCite={onCite} />;
  }
}

interface MadeProps {
  readonly by: Markdown;
  /** Markdown with our marks. */
  readonly text: string;
  readonly onCite: (number: number) => void;
}

function Made({ by, text, onCite }: MadeProps) {
  const blocks = useMemo(() => by.blocksOf(text), [text]);
  let isDoubted = false;
  return (
    <div class="prose">
      {blocks.map((block, i) => {
        const from = isDoubted;
        isDoubted = goesOn(block, isDoubted);
        // Blocks are only ever added to; the place is what they are known by.
        return <Block key={i} draw={by.draw} markdown={block} isDoubted={from} onCite={onCite} />;
      })}
    </div>
  );
}

function goesOn(markdown: string, before: boolean): boolean {
  const [from, to] = [markdown.lastIndexOf('\uE002'), markdown.lastIndexOf('\uE003')];
  return from === to ? before : from > to;
}

interface BlockProps {
  readonly draw: Markdown['draw'];
  readonly markdown: string;
  readonly isDoubted: boolean;
  readonly onCite: (number: number) => void;
}

function Block({ draw, markdown, isDoubted, onCite }: BlockProps) {
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
  wide.setAttribute('role', 'group');
  wide.setAttribute('aria-label', t('table'));
}

/** No `button`: a line may always break before one, and a citation belongs to the word before it. */
function citeButton(number: number, onClick: () => void): HTMLElement {
  const button = document.createElement('span');
  button.role = 'button';
  button.tabIndex = 0;
  button.className = 'cite';
  button.textContent = `${number}`;
  button.ariaLabel = t('openSource', { number });
  button.addEventListener('click', onClick);
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onClick();
  });
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
