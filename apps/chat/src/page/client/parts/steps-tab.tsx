/** What was done for an answer, step by step, with what went in and came out. */
import { countText, durationText } from '../format.ts';
import type { Answer } from '../model/answer.ts';
import { locale, t } from '../state/words.ts';

export function StepsTab({ answer: { steps, usage } }: { readonly answer: Answer }) {
  if (steps.length === 0 && usage === null) return <p class="quiet">{t('noSteps')}</p>;
  return (
    <>
      <ol class="steps">
        {steps.map(({ title, text, ms }, i) => (
          <li key={i}>
            <div class="stepHead">
              <h3>{title}</h3>
              <span class="quiet small">{durationText(ms, locale.value)}</span>
            </div>
            {text === '' ? null : <Text text={text} />}
          </li>
        ))}
      </ol>
      {usage === null ? null : (
        <dl class="facts">
          <Fact name={t('promptTokens')} value={usage.promptTokens} />
          <Fact name={t('completionTokens')} value={usage.completionTokens} />
        </dl>
      )}
    </>
  );
}

/** Prompts are long: more than this is folded away. Characters. */
const SHOWN_CHARS = 400;

function Text({ text }: { readonly text: string }) {
  if (text.length <= SHOWN_CHARS) return <pre>{text}</pre>;
  return (
    <details>
      <summary>
        <span class="excerpt">{text.slice(0, 160)}…</span>
        <span class="small">{t('showAll')}</span>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: number | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === null ? t('unknown') : countText(value, locale.value)}</dd>
    </div>
  );
}
