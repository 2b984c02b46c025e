/** What a model was asked: what was said beside the messages, and each message folded away. */
import type { StepAbout, ToldMessage } from '../../../events.ts';
import { countText } from '../format.ts';
import { tell } from '../state/notices.ts';
import { locale, t } from '../state/words.ts';
import { Icon } from './icons.tsx';

type About = Extract<StepAbout, { readonly kind: 'prompt' }>;

/** What of a message is seen while it is folded. UTF-16 units. */
const EXCERPT_CHARS = 160;

export function Prompt({ about: { messages, leftOut, parameters } }: { readonly about: About }) {
  const { model, temperature, tokensMax, reasoningEffort, seed } = parameters;
  const copy = async (): Promise<void> => {
    const sent = messages.map(({ role, content }) => ({ role, content }));
    await navigator.clipboard.writeText(JSON.stringify(sent, null, 2));
    tell(t('copied'));
  };
  return (
    <>
      <dl class="facts small">
        <Fact name={t('model')} value={model} />
        <Fact name={t('tokensMax')} value={tokensMax} />
        <Fact name={t('temperature')} value={temperature} />
        <Fact name={t('reasoningEffort')} value={reasoningEffort} />
        <Fact name={t('seed')} value={seed} />
      </dl>
      {messages.map((message, i) => (
        <Message key={i} message={message} />
      ))}
      {leftOut === 0 ? null : <p class="quiet small">{t('promptLeftOut', { count: countOf(leftOut) })}</p>}
      <button type="button" class="plain small" onClick={() => void copy()}>
        <Icon name="copy" /> {t('copyPrompt')}
      </button>
    </>
  );
}

function Message({ message: { role, content, cut } }: { readonly message: ToldMessage }) {
  const isLong = content.length > EXCERPT_CHARS;
  return (
    <details class="sent">
      <summary>
        <code>{role}</code>{' '}
        <span class="excerpt">
          {content.slice(0, EXCERPT_CHARS)}
          {isLong ? '…' : ''}
        </span>{' '}
        {isLong ? <span class="small">{t('showAll')}</span> : null}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it */}
      <pre tabIndex={0}>{content}</pre>
      {cut === 0 ? null : <p class="quiet small">{t('promptCut', { count: countOf(cut) })}</p>}
    </details>
  );
}

/** What was not sent is not told. */
function Fact({ name, value }: { readonly name: string; readonly value: string | number | null }) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{typeof value === 'number' ? countOf(value) : value}</dd>
    </div>
  );
}

function countOf(count: number): string {
  return countText(count, locale.value);
}
