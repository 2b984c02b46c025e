/** Asks for the name of a collection; those that there are are offered. */
import { useId, useState } from 'preact/hooks';
import { t } from '../state/words.ts';
import { CollectionNames } from './collection-names.tsx';
import { Dialog } from './dialog.tsx';

export interface NameDialogProps {
  readonly title: string;
  readonly help: string;
  readonly action: string;
  readonly value: string;
  /** @param name null: it was left empty. */
  readonly onName: (name: string | null) => void;
  readonly onLeave: () => void;
}

/** Of the server, UTF-16 units. */
export const NAME_CHARS_MAX = 300;

export function NameDialog({ title, help, action, value, onName, onLeave }: NameDialogProps) {
  const [name, setName] = useState(value);
  const id = useId();
  const submit = (event: Event): void => {
    event.preventDefault();
    onName(name.trim() === '' ? null : name.trim());
  };
  return (
    <Dialog title={title} onLeave={onLeave}>
      <form class="naming" onSubmit={submit}>
        <div class="field">
          <label for={id}>{t('collection')}</label>
          <input
            id={id}
            list={`${id}-names`}
            aria-describedby={`${id}-help`}
            maxLength={NAME_CHARS_MAX}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
          <CollectionNames id={`${id}-names`} />
          <small id={`${id}-help`} class="quiet">
            {help}
          </small>
        </div>
        <div class="buttons end">
          <button type="button" onClick={onLeave}>
            {t('cancel')}
          </button>
          <button type="submit" class="main">
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
