/** A question that must be answered first. The browser's own dialog: it keeps the focus, gives it back, and Escape leaves it. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../state/words.ts';
import { IconButton } from './icons.tsx';

export interface DialogProps {
  readonly title: string;
  readonly onLeave: () => void;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Dialog({ title, onLeave, class: more = '', children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={element} class={more} aria-labelledby={id} onClose={onLeave}>
      <div class="dialogHead">
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={t('close')} onClick={onLeave} />
      </div>
      {children}
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly onYes: () => void;
  readonly onLeave: () => void;
}

export function Confirm({ title, text, action, onYes, onLeave }: ConfirmProps) {
  return (
    <Dialog title={title} onLeave={onLeave}>
      <p>{text}</p>
      <div class="buttons end">
        <button type="button" onClick={onLeave}>
          {t('keepIt')}
        </button>
        <button type="button" class="main danger" onClick={onYes}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
