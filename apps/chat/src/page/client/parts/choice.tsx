/** What can be done with the documents that are chosen; it stays in sight while the list is scrolled. */
import { useState } from 'preact/hooks';
import { countText } from '../format.ts';
import { askChosen, chooseNone, chosen, mayChange, moveChosen, removeChosen } from '../state/choice.ts';
import { locale, t } from '../state/words.ts';
import { Confirm } from './dialog.tsx';
import { Icon, IconButton } from './icons.tsx';
import { NameDialog } from './name-dialog.tsx';

export function Choice() {
  const [state, setState] = useState<'shown' | 'moving' | 'deleting'>('shown');
  const rows = chosen.value;
  if (rows.length === 0) return null;
  const leave = (): void => setState('shown');
  const count = countText(rows.length, locale.value);
  const may = rows.every(mayChange);
  return (
    <section class="choice" aria-label={t('chosenCount', { count })}>
      <p aria-live="polite">{t('chosenCount', { count })}</p>
      <button type="button" class="main" onClick={() => void askChosen()}>
        {t('askThese')}
      </button>
      {may ? (
        <button type="button" onClick={() => setState('moving')}>
          {t('move')}
        </button>
      ) : null}
      {may ? (
        <button type="button" class="danger" onClick={() => setState('deleting')}>
          <Icon name="bin" /> {t('delete')}
        </button>
      ) : null}
      <IconButton icon="close" label={t('chooseNone')} onClick={chooseNone} />
      {state === 'moving' ? (
        <NameDialog
          title={t('moveTitle')}
          help={t('moveHelp')}
          action={t('move')}
          value={rows[0]?.category ?? ''}
          onName={(name) => {
            leave();
            void moveChosen(name);
          }}
          onLeave={leave}
        />
      ) : null}
      {state === 'deleting' ? (
        <Confirm
          title={t('deleteChosenTitle')}
          text={t('deleteManyText', { count })}
          action={t('delete')}
          onYes={() => {
            leave();
            void removeChosen();
          }}
          onLeave={leave}
        />
      ) : null}
    </section>
  );
}
