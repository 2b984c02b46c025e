/** The text of an answer: Markdown drawn block by block, so that what stands already does not flicker while more is written. */
import { signal } from '@preact/signals';
import { h } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type Answer, numbersOf } from '../model/answer.ts';
import { doubtedAfter, withMarks, withoutMarks } from '../model/marks.ts';
import { settled } from '../model/tail.ts';
import { t } from '../state/words.ts';

export interface ProseProps {
  readonly answer: Answer;
  readonly onCite: (number: number) => void;
}

type Markdown = typeof import('../markdown.ts');

/** Its script is not needed to begin with: it comes once the page stands. `missing`: text is shown as it was written. */
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
  const { blocks, definitions, rest } = useMemo(() => by.parsed(text), [text]);
  const named = [...definitions].join('\n');
  let isDoubted = false;
  return (
    <div class="prose">
      {blocks.map(({ block, raw }, i) => {
        const from = isDoubted;
        isDoubted = doubtedAfter(raw, isDoubted);
        const drawn = { block, definitions, isDoubted: from };
        // Blocks are only ever added to; the place is what they are known by.
        return (
          <BlockView
            key={i}
            draw={by.draw}
            drawn={drawn}
            written={`${block.kind === 'heading' ? block.level : ''}${raw}\n${named}`}
            onCite={onCite}
          />
        );
      })}
      {rest === '' ? null : <p class="unmade">{withoutMarks(rest)}</p>}
    </div>
  );
}

interface BlockProps {
  readonly draw: Markdown['draw'];
  readonly drawn: Parameters<Markdown['draw']>[0];
  /** All that it is made of: the same is not drawn again. */
  readonly written: string;
  readonly onCite: (number: number) => void;
}

function BlockView({ draw, drawn, written, onCite }: BlockProps) {
  const [doubt, table] = [t('doubted'), t('table')];
  const made = useMemo(() => {
    const cite = (number: number) => <Cite number={number} onCite={onCite} />;
    return draw(drawn, { make: h, cite, doubt, table, onCode: (text) => <Copy text={text} /> });
  }, [written, drawn.isDoubted, onCite, doubt, table]);
  return <div class="block">{made}</div>;
}

interface CiteProps {
  readonly number: number;
  readonly onCite: (number: number) => void;
}

/** No `button`: a line may always break before one, and a citation belongs to the word before it. */
function Cite({ number, onCite }: CiteProps) {
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onCite(number);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above.
    <span
      role="button"
      tabIndex={0}
      class="cite"
      aria-label={t('openSource', { number })}
      onClick={() => onCite(number)}
      onKeyDown={key}
    >
      {number}
    </span>
  );
}

function Copy({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      {t(copied === text ? 'copied' : 'copy')}
    </button>
  );
}
